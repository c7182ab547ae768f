import { expect, it } from 'vitest';
import { startPodGc } from '../../../../../src/sim/controllers/pod-gc/index.js';
import { life, plainNode, plainPod } from '../../../../support/life.js';

it('within 20 s fails and deletes the pods of a node that is gone, and those that leave without a node', async () => {
  const { door, pass, ...deps } = life();
  startPodGc({ door, ...deps });
  const node = door.create('nodes', plainNode('node'));
  door.create('nodes', plainNode('other'));
  for (const name of ['lost', 'kept']) {
    const pod = door.create('pods', plainPod(name));
    if (pod !== undefined) door.bind(pod, name === 'lost' ? 'node' : 'other');
  }
  const held = { ...plainPod('held'), metadata: { name: 'held', namespace: 'apps', finalizers: ['job'] } };
  const leaving = door.create('pods', held);
  const failed: string[] = [];
  door.watch('pods', ({ type, object }) => {
    if (type === 'MODIFIED' && object.status?.phase === 'Failed') failed.push(object.metadata.name);
  });
  if (node !== undefined) door.remove('nodes', node);
  if (leaving !== undefined) door.remove('pods', leaving);
  await pass(22);
  expect([...new Set(failed)].sort()).toEqual(['held', 'lost']);
  expect(door.all('pods').map(({ metadata }) => metadata.name)).toEqual(['held', 'kept']);
  expect(door.get('pods', 'apps', 'held')?.status?.conditions?.[0]?.type).toBe('DisruptionTarget');
});
