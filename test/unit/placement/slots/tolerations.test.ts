import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors.js';
import type { Toleration } from '../../../../src/objects/pod.js';
import { PatchBuilder } from '../../../../src/placement/patch.js';
import { mergeTolerations } from '../../../../src/placement/slots/tolerations.js';
import { intentWith } from '../../../support/intent.js';

const vk = 'virtual-kubelet.io/provider';
const wanted: Toleration = { key: vk, operator: 'Exists', effect: 'NoSchedule' };
const place = { pointer: '/spec', named: '/spec' };

function put(tolerations: unknown, values: readonly Toleration[] = [wanted]) {
  const patch = new PatchBuilder();
  const intent = intentWith(
    values.map((value) => ({ slot: 'toleration', value })),
    'tolerations',
  );
  const outcomes = mergeTolerations({ tolerations } as never, place, intent, false, patch);
  return { results: outcomes.map(({ result }) => result), operations: patch.operations, steps: patch.steps };
}

describe('a toleration', () => {
  it.each<[string, unknown, object[]]>([
    [
      'makes the list where there is none',
      undefined,
      [
        { op: 'add', path: '/spec/tolerations', value: [] },
        { op: 'add', path: '/spec/tolerations/0', value: wanted },
      ],
    ],
    [
      'makes the list where there is a null',
      null,
      [
        { op: 'add', path: '/spec/tolerations', value: [] },
        { op: 'add', path: '/spec/tolerations/0', value: wanted },
      ],
    ],
    ['goes into an empty list', [], [{ op: 'add', path: '/spec/tolerations/0', value: wanted }]],
    [
      'goes behind those of the user',
      [{ key: 'spot', operator: 'Exists' }],
      [{ op: 'add', path: '/spec/tolerations/1', value: wanted }],
    ],
    [
      'is added beside one of a single value',
      [{ key: vk, value: 'azure', effect: 'NoSchedule' }],
      [{ op: 'add', path: '/spec/tolerations/1', value: wanted }],
    ],
  ])('%s', (_, tolerations, operations) => {
    const done = put(tolerations);
    expect(done.results).toEqual(['added']);
    expect(done.operations).toEqual(operations);
    expect(done.steps).toEqual(
      operations.map((operation) => {
        const { path, value } = operation as { path: string; value: unknown };
        return ['+', path, value];
      }),
    );
  });

  it.each([
    ['the same', wanted],
    ['a wider one', { operator: 'Exists' }],
    ['one for every effect', { key: vk, operator: 'Exists' }],
  ])('is there already as %s', (_, present) => {
    expect(put([present])).toMatchObject({ results: ['already-there'], operations: [], steps: [] });
  });

  it('stays as the user limited it', () => {
    const limited = { ...wanted, tolerationSeconds: 60 };
    expect(put([limited])).toMatchObject({ results: ['user-wins'], operations: [] });
  });

  it('is put in once where two providers want the same', () => {
    const exists: Toleration = { key: vk, operator: 'Exists' };
    const done = put(undefined, [exists, wanted]);
    expect(done.results).toEqual(['added', 'already-there']);
    expect(done.operations).toHaveLength(2);
  });

  it.each([
    ['an item that is no object', [null], '/spec/tolerations/0: expected an object, got null'],
    ['a number as key', [{ key: 5 }], '/spec/tolerations/0/key: expected a string, got number'],
    [
      'a text as seconds',
      [{ key: 'a', tolerationSeconds: '5' }],
      '/spec/tolerations/0/tolerationSeconds: expected a number, got string',
    ],
  ])('says what is wrong with %s', (_, tolerations, message) => {
    expect(() => put(tolerations)).toThrow(new AppError('object-invalid', message));
  });
});

describe('a toleration for a time', () => {
  const key = 'node.kubernetes.io/unreachable';
  const timed: Toleration = { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 3600 };
  const atSeconds = (tolerationSeconds: number): Toleration => ({ ...timed, tolerationSeconds });

  function putTimed(tolerations: readonly Toleration[], isPod: boolean) {
    const patch = new PatchBuilder();
    const intent = intentWith([{ slot: 'timedToleration', value: timed }], 'resilience');
    const [outcome] = mergeTolerations({ tolerations } as never, place, intent, isPod, patch);
    return { result: outcome?.result, operations: patch.operations, steps: patch.steps };
  }

  it('takes the place of what the API server filled in, on a Pod', () => {
    expect(putTimed([{ key: 'spot' }, atSeconds(300)], true)).toEqual({
      result: 'added',
      operations: [{ op: 'replace', path: '/spec/tolerations/1', value: timed }],
      steps: [['=', '/spec/tolerations/1', timed, atSeconds(300)]],
    });
  });

  it.each<[string, readonly Toleration[], boolean, string]>([
    ['the default seconds in a template, where the user wrote them', [atSeconds(300)], false, 'user-wins'],
    ['other seconds on a Pod', [atSeconds(60)], true, 'user-wins'],
    ['one without an end', [{ key, operator: 'Exists', effect: 'NoExecute' }], true, 'user-wins'],
    ['the seconds that are wanted', [timed], true, 'already-there'],
    ['one that covers it for ever', [{ operator: 'Exists' }], true, 'already-there'],
  ])('leaves %s alone', (_, present, isPod, result) => {
    expect(putTimed(present, isPod)).toEqual({ result, operations: [], steps: [] });
  });

  it('is added where there is none', () => {
    expect(putTimed([], false).operations).toEqual([
      { op: 'add', path: '/spec/tolerations/0', value: timed },
    ]);
  });
});
