import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.js';
import { createKarpenter } from '../../../src/sources/karpenter.js';
import { fakeClock } from '../../support/fake-clock.js';
import { noRandom } from '../../support/kube.js';

function deployment(container: object): KubeObject {
  return {
    metadata: { name: 'karpenter', namespace: 'kube-system' },
    spec: { template: { spec: { containers: [{ name: 'sidecar' }, { name: 'controller', ...container }] } } },
  };
}

/** What is made of one Deployment, listed once. */
async function setsCosts(container: object): Promise<boolean> {
  const stop = new AbortController();
  const karpenter = createKarpenter({
    clock: fakeClock(),
    random: noRandom,
    client: {
      list: () => Promise.resolve({ items: [deployment(container)], resourceVersion: '1', length: 1 }),
      watch: () => {
        stop.abort();
        throw new Error('nothing more to be seen');
      },
    },
  });
  await karpenter.run(stop.signal);
  expect(karpenter.hasSettled).toBe(true);
  return karpenter.setsCosts;
}

const env = (value: string) => ({
  env: [
    { name: 'A', value: 'b' },
    { name: 'FEATURE_GATES', value },
  ],
});

describe('createKarpenter', () => {
  it.each([
    ['the variable', env('PodDeletionCostManagement=true')],
    [
      'the variable among others',
      env('StaticCapacity=false, PodDeletionCostManagement=True ,NodeRepair=false'),
    ],
    ['the flag', { args: ['--feature-gates=PodDeletionCostManagement=1'] }],
    [
      'the flag and its value as two words',
      { args: ['--feature-gates', 'A=false,PodDeletionCostManagement=t'] },
    ],
    ['the flag in the command', { command: ['karpenter', '-feature-gates=PodDeletionCostManagement=true'] }],
  ])('sees the gate on by %s', async (_, container) => {
    expect(await setsCosts(container)).toBe(true);
  });

  it.each([
    ['is off', env('PodDeletionCostManagement=false')],
    ['is not named', env('NodeRepair=true')],
    ['has a longer name', env('XPodDeletionCostManagement=true')],
    [
      'is no gate but another variable',
      { env: [{ name: 'GATES', value: 'PodDeletionCostManagement=true' }] },
    ],
    ['comes from a ConfigMap', { env: [{ name: 'FEATURE_GATES', valueFrom: {} }] }],
    ['is of the wrong type', { env: 'FEATURE_GATES', args: [7, null], command: {} }],
    ['is a flag without a value', { args: ['--feature-gates'] }],
  ])('sees none where it %s', async (_, container) => {
    expect(await setsCosts(container)).toBe(false);
  });
});
