import { describe, expect, it } from 'vitest';
import { KubeError, type KubeErrorFacts } from '../../../src/kube/errors.js';
import { retryWaitMs } from '../../../src/kube/retry.js';

const fault = (facts: KubeErrorFacts) => new KubeError('x', facts);
const read = { failures: 0, retries: 4, readOnly: true };
const write = { ...read, readOnly: false };
const half = () => 0.5;

describe('retryWaitMs', () => {
  it.each<[string, KubeErrorFacts, typeof read, number | undefined]>([
    ['a throttled write', { kind: 'throttled' }, write, 187.5],
    [
      'a throttled write with Retry-After, never earlier',
      { kind: 'throttled', retryAfterMs: 2000 },
      write,
      2093.75,
    ],
    ['a throttled write with Retry-After: 0', { kind: 'throttled', retryAfterMs: 0 }, write, 93.75],
    ['a Retry-After beyond a minute', { kind: 'throttled', retryAfterMs: 60_001 }, read, undefined],
    [
      'an eviction that a budget forbids',
      { kind: 'throttled', causes: ['DisruptionBudget'] },
      write,
      undefined,
    ],
    ['a read that broke', { kind: 'unreachable', effect: 'unknown' }, read, 187.5],
    ['a write that never left', { kind: 'unreachable', effect: 'nothing' }, write, 187.5],
    ['a write that may have been done', { kind: 'unreachable', effect: 'unknown' }, write, undefined],
    ['a read that failed inside', { kind: 'server', effect: 'unknown' }, read, 187.5],
    ['a write that failed inside', { kind: 'server', effect: 'unknown' }, write, undefined],
    ['a first 401', { kind: 'unauthorized' }, write, 0],
    ['a second 401', { kind: 'unauthorized' }, { ...write, failures: 1 }, undefined],
    ['a read without answer', { kind: 'timeout' }, read, undefined],
    ['a conflict', { kind: 'conflict' }, read, undefined],
    ['the third failure', { kind: 'server' }, { ...read, failures: 2 }, 750],
    ['a failure too many', { kind: 'server' }, { ...read, failures: 4 }, undefined],
    ['a failure where none may be', { kind: 'throttled' }, { ...read, retries: 0 }, undefined],
  ])('%s', (_, facts, attempt, expected) => {
    expect(retryWaitMs(fault(facts), attempt, half)).toBe(expected);
  });
});
