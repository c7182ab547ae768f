import { describe, expect, it } from 'vitest';
import type { Taint, Toleration } from '../../../src/objects/pod.js';
import { covers, sameToleration, tolerates } from '../../../src/objects/toleration.js';

const vk = 'virtual-kubelet.io/provider';
const everything: Toleration = { operator: 'Exists' };
const exists: Toleration = { key: vk, operator: 'Exists' };
const noSchedule: Toleration = { key: vk, operator: 'Exists', effect: 'NoSchedule' };
const azure: Toleration = { key: vk, operator: 'Equal', value: 'azure', effect: 'NoSchedule' };

describe('covers', () => {
  it.each<[string, Toleration, Toleration, boolean]>([
    ['one that tolerates everything', everything, azure, true],
    ['the same key with any value', exists, azure, true],
    ['the same', azure, azure, true],
    ['no operator, which is Equal', { key: vk, value: 'azure' }, azure, true],
    ['every effect where one is wanted', exists, noSchedule, true],
    ['one effect where every one is wanted', noSchedule, exists, false],
    ['another effect', { ...exists, effect: 'NoExecute' }, noSchedule, false],
    ['one value where any is wanted', azure, noSchedule, false],
    ['another value', { ...azure, value: 'alibabacloud' }, azure, false],
    ['another key', { key: 'other', operator: 'Exists' }, azure, false],
    ['one that ends', { ...exists, tolerationSeconds: 300 }, noSchedule, false],
    ['one that ends at once', { ...exists, tolerationSeconds: 0 }, noSchedule, false],
    ['no key and no operator, which is invalid', {}, {}, false],
    ['a comparison of numbers', { key: vk, operator: 'Gt', value: 'azure' }, azure, false],
    ['a wish for a comparison of numbers', azure, { ...azure, operator: 'Lt' }, false],
    ['null fields', { key: null, operator: 'Exists', effect: null } as never, azure, true],
  ])('judges %s', (_, wide, narrow, covered) => {
    expect(covers(wide, narrow)).toBe(covered);
  });
});

describe('sameToleration', () => {
  it.each<[string, Toleration, Toleration, boolean]>([
    ['the same but for the seconds', exists, { ...exists, tolerationSeconds: 5 }, true],
    ['an absent operator and Equal', { key: vk }, { key: vk, operator: 'Equal' }, true],
    ['an empty operator and Equal', { key: vk, operator: '' } as never, { key: vk, operator: 'Equal' }, true],
    ['an absent value and an empty one', { key: vk }, { key: vk, value: '' }, true],
    ['an absent effect and a null one', exists, { ...exists, effect: null } as never, true],
    ['another effect', exists, noSchedule, false],
    ['another operator', { ...azure, operator: 'Gt' }, azure, false],
    ['another value', { ...azure, value: 'a' }, azure, false],
    ['another key', { ...azure, key: 'a' }, azure, false],
  ])('compares %s', (_, a, b, same) => {
    expect(sameToleration(a, b)).toBe(same);
    expect(sameToleration(b, a)).toBe(same);
  });
});

describe('tolerates', () => {
  const taint: Taint = { key: vk, value: 'azure', effect: 'NoSchedule' };

  it.each<[string, Toleration, Taint, boolean]>([
    ['by its key', exists, taint, true],
    ['by its value', azure, taint, true],
    ['not by another value', azure, { ...taint, value: 'b' }, false],
    ['a taint without value by Equal', { key: vk }, { key: vk, effect: 'NoSchedule' }, true],
    ['for a while too', { ...exists, tolerationSeconds: 5 }, { ...taint, effect: 'NoExecute' }, true],
    ['not another effect', azure, { ...taint, effect: 'NoExecute' }, false],
  ])('%s', (_, toleration, borne, tolerated) => {
    expect(tolerates(toleration, borne)).toBe(tolerated);
  });
});
