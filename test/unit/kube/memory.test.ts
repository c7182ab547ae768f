import { describe, expect, it } from 'vitest';
import { createCache } from '../../../src/kube/cache.js';
import { createIntern } from '../../../src/kube/intern.js';
import type { KubeObject } from '../../../src/kube/object.js';
import { createPodProjection, podIndexes, type CachedPod } from '../../../src/kube/pod-projection.js';
import { usedHeap } from '../../support/heap.js';

const pods = 20_000;

/** As a pod comes from the wire: every text a new one. Each belongs to a Job of its own, the costliest case. */
function parsed(i: number): KubeObject {
  const uid = `${String(i).padStart(8, '0')}-0000-4000-8000-`;
  const owner = { kind: 'Job', name: `nightly-${i}`, uid: `${uid}000000000000`, controller: true };
  const pod = {
    metadata: {
      name: `nightly-${i}-x7k2p`,
      namespace: `team-number-${i % 50}`,
      uid: `${uid}111111111111`,
      creationTimestamp: '2026-01-01T00:00:00Z',
      annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-100' },
      ownerReferences: [owner],
    },
    spec: { nodeName: `virtual-node-number-${i % 500}`, schedulerName: 'default-scheduler' },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
  return JSON.parse(JSON.stringify(pod)) as KubeObject;
}

describe('memory', () => {
  it('of a cached pod with its place in three indexes is half a kilobyte at most', () => {
    const before = usedHeap();
    const cache = createCache<CachedPod, 'node' | 'owner'>({ indexes: podIndexes });
    const project = createPodProjection();
    for (let i = 0; i < pods; i += 1) cache.put(project(parsed(i)));
    const bytes = (usedHeap() - before) / pods;
    expect(cache.size).toBe(pods);
    expect(bytes).toBeLessThan(512);
  });

  it('of names that come and go does not grow', () => {
    const intern = createIntern(1000);
    const before = usedHeap();
    for (let i = 0; i < 200_000; i += 1) intern(`nightly-${i}-with-a-name-of-some-length`);
    expect(usedHeap() - before).toBeLessThan(1_000_000);
    expect(intern('a')).toBe('a');
  });
});
