import { describe, expect, it } from 'vitest';
import { encodeRecord, readRecord, type PlacementRecord } from '../../../src/placement/record.js';
import type { Step } from '../../../src/placement/patch.js';

const annotation = 'tidegate.io/placement';
const record = (...steps: Step[]): PlacementRecord => ({
  v: 1,
  policy: 'nightly',
  providers: ['kwok'],
  steps,
});
const readBack = (text: string) => readRecord({ [annotation]: text });

describe('encodeRecord', () => {
  it('is read back as it was', () => {
    const written = record(
      ['+', '/spec/tolerations', []],
      ['=', '/spec/a', 1, null],
      ['-', '/spec/b/0', { name: 'c' }],
    );
    expect(readBack(encodeRecord(written))).toEqual(written);
  });

  it('keeps the steps of the Job apart from those of its template', () => {
    const written = { ...record(['+', '/spec/a', 1]), jobSteps: [['+', '/b', 2]] as Step[] };
    expect(readBack(encodeRecord(written))).toEqual(written);
    expect(encodeRecord(record())).not.toContain('jobSteps');
  });

  it('holds no time, so that the same placement has the same bytes', () => {
    expect(encodeRecord({ ...record(['+', '/a', 'b']), madeAnnotations: true })).toBe(
      '{"v":1,"policy":"nightly","providers":["kwok"],"steps":[["+","/a","b"]],"madeAnnotations":true}',
    );
  });

  it('writes a value that went to several places once, where the last of them was', () => {
    const shared = { name: 'RUNTIME', value: 'serverless' };
    const text = encodeRecord(
      record(
        ['+', '/spec/containers/a/env', []],
        ['+', '/spec/containers/a/env/0', shared],
        ['+', '/spec/containers/b/env', []],
        ['+', '/spec/containers/b/env/0', shared],
      ),
    );
    expect(JSON.parse(text)).toMatchObject({
      steps: [
        ['+', '/spec/containers/a/env', []],
        ['+', '/spec/containers/b/env', []],
        ['+', ['/spec/containers/a/env/0', '/spec/containers/b/env/0'], shared],
      ],
    });
    expect(readBack(text)?.steps).toEqual([
      ['+', '/spec/containers/a/env', []],
      ['+', '/spec/containers/b/env', []],
      ['+', '/spec/containers/a/env/0', shared],
      ['+', '/spec/containers/b/env/0', shared],
    ]);
  });

  it('keeps equal values apart that are not the same one', () => {
    const written = record(['+', '/a', { b: 1 }], ['+', '/c', { b: 1 }], ['+', '/d', 'e'], ['+', '/f', 'e']);
    expect(JSON.parse(encodeRecord(written))).toMatchObject({ steps: written.steps });
  });
});

describe('readRecord', () => {
  const steps = (value: unknown) => JSON.stringify({ v: 1, policy: 'a', providers: [], steps: value });

  it.each([
    ['no text', undefined],
    ['a null', null],
    ['an empty text', ''],
    ['no JSON', '{'],
    ['no object', '[]'],
    ['another version', '{"v":2,"policy":"a","providers":[],"steps":[]}'],
    ['no policy', '{"v":1,"providers":[],"steps":[]}'],
    ['providers that are no texts', '{"v":1,"policy":"a","providers":[1],"steps":[]}'],
    ['no steps', '{"v":1,"policy":"a","providers":[]}'],
    ['a step that is no list', steps(['+'])],
    ['a step without a value', steps([['+', '/a']])],
    ['a replacement without what was there', steps([['=', '/a', 1]])],
    ['an unknown sign', steps([['*', '/a', 1]])],
    ['a path that is no pointer', steps([['+', 'a', 1]])],
    ['a path that is the whole document', steps([['+', '', 1]])],
    ['several paths to take out', steps([['-', ['/a'], 1]])],
    ['steps of the Job that are no list', '{"v":1,"policy":"a","providers":[],"steps":[],"jobSteps":{}}'],
    [
      'a step of the Job that is none',
      '{"v":1,"policy":"a","providers":[],"steps":[],"jobSteps":[["+","/a"]]}',
    ],
    ['several paths, one of which is no pointer', steps([['+', ['/a', 5], 1]])],
  ])('counts %s as none', (_, text) => {
    expect(readRecord({ [annotation]: text } as never)).toBeUndefined();
  });

  it('is none without the annotation', () => {
    expect(readRecord({})).toBeUndefined();
  });
});
