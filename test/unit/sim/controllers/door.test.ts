import { describe, expect, it } from 'vitest';
import { life, plainJob, plainPod } from '../../../support/life.js';

const made = () => {
  const bench = life();
  const pod = bench.door.create('pods', plainPod('pod'));
  if (pod === undefined) throw new Error('no pod');
  return { ...bench, pod };
};

describe('the door', () => {
  it('gives a uid, a creation time and a phase, and refuses a name twice', () => {
    const { door, pod } = made();
    expect(pod.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{8,12}$/);
    expect(pod.metadata.creationTimestamp).toBe('2026-03-01T00:00:00Z');
    expect(pod.status?.phase).toBe('Pending');
    expect(door.create('pods', plainPod('pod'))).toBeUndefined();
  });

  it('copies a Binding’s annotations to the pod in the write that binds it', () => {
    const { door, pod } = made();
    const seen: (string | undefined)[] = [];
    door.watch('pods', ({ object }) => seen.push(object.spec.nodeName));
    door.bind(pod, 'node');
    expect(seen).toEqual(['node']);
    expect(door.get('pods', 'apps', 'pod')?.status?.conditions?.[0]).toMatchObject({
      type: 'PodScheduled',
      status: 'True',
    });
  });

  it('removes a pod without a node at once, one with a node after its grace', () => {
    const { door, pod } = made();
    const other = door.create('pods', plainPod('other'));
    if (other === undefined) throw new Error('no pod');
    door.bind(other, 'node');
    door.remove('pods', pod);
    door.remove('pods', other);
    expect(door.get('pods', 'apps', 'pod')).toBeUndefined();
    expect(door.get('pods', 'apps', 'other')?.metadata.deletionGracePeriodSeconds).toBe(30);
    door.remove('pods', other, true);
    expect(door.get('pods', 'apps', 'other')).toBeUndefined();
  });

  it('keeps an object until its last finalizer is gone', () => {
    const { door } = life();
    const job = door.create('jobs.batch', {
      ...plainJob('job'),
      metadata: { name: 'job', namespace: 'apps', finalizers: ['a'] },
    });
    if (job === undefined) throw new Error('no job');
    door.remove('jobs.batch', job);
    expect(door.get('jobs.batch', 'apps', 'job')?.metadata.deletionTimestamp).toBe('2026-03-01T00:00:00Z');
    door.update('jobs.batch', job, (draft) => {
      draft['metadata'] = { ...(draft['metadata'] as object), finalizers: [] };
    });
    expect(door.get('jobs.batch', 'apps', 'job')).toBeUndefined();
  });

  it('never changes another object of the same name', () => {
    const { door, pod } = made();
    door.remove('pods', pod);
    door.create('pods', plainPod('pod'));
    door.update('pods', pod, (draft) => {
      draft['spec'] = {};
    });
    expect(door.get('pods', 'apps', 'pod')?.spec.containers).toHaveLength(1);
  });
});
