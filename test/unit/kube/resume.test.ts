import { describe, expect, it } from 'vitest';
import { KubeError, type KubeErrorFacts } from '../../../src/kube/errors.js';
import { resumeAfter, type Ended } from '../../../src/kube/resume.js';

const fault = (kind: KubeErrorFacts['kind'], more: Partial<KubeErrorFacts> = {}) =>
  new KubeError(kind, { kind, ...more });

const watch: Ended = { during: 'watch', opened: true, events: 0, lastedMs: 300_000 };
const list: Ended = { during: 'list', opened: false, events: 0, lastedMs: 10 };

describe('resumeAfter', () => {
  it.each<[string, Ended, object]>([
    ['a list goes on to the watch at once', list, { failures: 3, wait: false, relist: false }],
    [
      'a failed list waits longer than before',
      { ...list, error: fault('server') },
      { failures: 4, wait: true },
    ],
    ['a watch that ran its time goes on at once', watch, { failures: 0, wait: false, relist: false }],
    [
      'a watch that ended at once waits',
      { ...watch, lastedMs: 10 },
      { failures: 4, wait: true, relist: false },
    ],
    [
      'a watch that ended soon and brought an event goes on at once',
      { ...watch, events: 1, lastedMs: 10 },
      { failures: 0, wait: false, relist: false },
    ],
    [
      'a watch cut after an event begins to count anew',
      { ...watch, events: 1, lastedMs: 10, error: fault('unreachable') },
      { failures: 1, wait: true, relist: false },
    ],
    [
      'a watch that could not be opened counts on, however long that took',
      { ...watch, opened: false, error: fault('timeout') },
      { failures: 4, fruitless: 0, wait: true, relist: false },
    ],
    ['410 lists', { ...watch, error: fault('gone') }, { relist: true, wait: true }],
    ['400 lists', { ...watch, error: fault('invalid') }, { relist: true }],
    [
      'a version too large lists',
      { ...watch, error: fault('timeout', { causes: ['ResourceVersionTooLarge'] }) },
      { relist: true },
    ],
    ['403 does not list', { ...watch, error: fault('forbidden') }, { relist: false }],
    ['a mute watch is counted', { ...watch, error: fault('timeout') }, { fruitless: 1, relist: false }],
    [
      'Retry-After is the least wait',
      { ...watch, error: fault('throttled', { retryAfterMs: 7000 }) },
      { atLeastMs: 7000 },
    ],
    [
      'an error that is none of ours waits',
      { ...watch, lastedMs: 0, error: new TypeError('x') },
      { failures: 4, wait: true, relist: false },
    ],
  ])('%s', (_, ended, expected) => {
    expect(resumeAfter(ended, { failures: 3, fruitless: 0 })).toMatchObject(expected);
  });

  it.each<[string, Ended, object]>([
    ['a second mute watch lists', { ...watch, error: fault('timeout') }, { fruitless: 0, relist: true }],
    ['a second unreadable one lists', { ...watch, error: fault('server') }, { fruitless: 0, relist: true }],
    [
      'a watch that brought something in between is forgotten',
      { ...watch, events: 1, error: fault('timeout') },
      { fruitless: 0, relist: false },
    ],
    [
      'a server that went away is another matter',
      { ...watch, error: fault('unreachable') },
      { fruitless: 0, relist: false },
    ],
  ])('after one fruitless watch, %s', (_, ended, expected) => {
    expect(resumeAfter(ended, { failures: 0, fruitless: 1 })).toMatchObject(expected);
  });
});
