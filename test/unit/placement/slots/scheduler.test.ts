import { describe, expect, it } from 'vitest';
import { PatchBuilder } from '../../../../src/placement/patch.js';
import { hasScheduler, mergeScheduler } from '../../../../src/placement/slots/scheduler.js';
import { intentWith } from '../../../support/intent.js';

function merge(schedulerName: unknown, spec: object = {}, name = 'tidegate-scheduler') {
  const patch = new PatchBuilder();
  const intent = intentWith([{ slot: 'schedulerName', name }], 'scheduling');
  const place = { pointer: '/spec', named: '/spec' };
  const [outcome] = mergeScheduler({ ...spec, schedulerName } as never, place, intent, patch);
  return { result: outcome?.result, why: outcome?.why, operations: patch.operations };
}

const path = '/spec/schedulerName';

describe('the name of the scheduler', () => {
  it.each([
    ['is added where there is none', undefined, 'add'],
    ['is added where there is a null', null, 'add'],
    ['takes the place of the empty one', '', 'replace'],
    ['takes the place of the default that the API server fills in', 'default-scheduler', 'replace'],
  ])('%s', (_, there, op) => {
    expect(merge(there)).toMatchObject({
      result: 'added',
      operations: [{ op, path, value: 'tidegate-scheduler' }],
    });
  });

  it('stays as the user chose it', () => {
    expect(merge('volcano')).toEqual({ result: 'user-wins', why: 'it is volcano', operations: [] });
  });

  it('is there already', () => {
    expect(merge('tidegate-scheduler')).toMatchObject({ result: 'already-there', operations: [] });
  });

  const spread = { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone' }] };

  it.each([undefined, 'default-scheduler'])('stays %s where ours does not place such a pod', (there) => {
    expect(merge(there, spread)).toEqual({
      result: 'not-offered',
      why: "tidegate's scheduler does not place such pods: the default one does (topologySpreadConstraints)",
      operations: [],
    });
  });

  it('is no matter of what ours can place where the policy names another, or the user has named ours', () => {
    expect(merge(undefined, spread, 'volcano')).toMatchObject({ result: 'added' });
    expect(merge('tidegate-scheduler', spread)).toMatchObject({ result: 'already-there' });
  });
});

describe('hasScheduler', () => {
  it.each([
    ['added', true],
    ['already-there', true],
    ['user-wins', false],
    ['not-offered', false],
  ] as const)('of a name that was %s is %s', (result, has) => {
    expect(hasScheduler([{ aspect: 'scheduling', result, item: '' }])).toBe(has);
  });

  it('is false where none is wished for', () => {
    expect(hasScheduler([])).toBe(false);
  });
});
