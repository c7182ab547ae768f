import { describe, expect, it } from 'vitest';
import { PatchBuilder } from '../../../../src/placement/patch.js';
import { mergeScheduler } from '../../../../src/placement/slots/scheduler.js';
import { intentWith } from '../../../support/intent.js';

function merge(schedulerName: unknown) {
  const patch = new PatchBuilder();
  const intent = intentWith([{ slot: 'schedulerName', name: 'tidegate-scheduler' }], 'scheduling');
  const place = { pointer: '/spec', named: '/spec' };
  const [outcome] = mergeScheduler({ schedulerName } as never, place, intent, patch);
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
});
