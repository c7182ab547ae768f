import type { System } from '../../support/installed/system.js';
import { systemNamespace } from '../../support/installed/index.js';
import type { World } from './world.js';

const jobs = '/apis/batch/v1/namespaces/shop/jobs';
const pods = '/api/v1/namespaces/shop/pods';
const lease = `/apis/coordination.k8s.io/v1/namespaces/${systemNamespace}/leases/tidegate-scheduler`;

/** Of Jobs whose pods are to be bound: to nodes where nobody starts them, so that they are taken elsewhere. */
export async function startJobs({ api, create }: System): Promise<World> {
  let round = 0;
  const allocatable = { cpu: '10000', memory: '100Ti', pods: '10000' };
  for (const name of ['roomy-1', 'roomy-2']) {
    await create('/api/v1/nodes', { metadata: { name, labels: { type: 'kwok' } } });
    await api.patch('merge', `/api/v1/nodes/${name}/status`, {
      status: { allocatable, capacity: allocatable, conditions: [{ type: 'Ready', status: 'True' }] },
    });
  }
  return {
    undo: async () => {
      await api.delete(lease);
      for (const name of ['forgiving', 'counting'])
        await api.delete(`${jobs}/${name}-${round}`, { propagationPolicy: 'Background' });
      round += 1;
      await create(jobs, job(`forgiving-${round}`, { podFailurePolicy }));
      await create(jobs, job(`counting-${round}`));
      await create(pods, {
        metadata: { name: `lonely-${round}` },
        spec: { ...podSpec, nodeSelector: { nowhere: 'to-be-found' } },
      });
    },
    stir: () => Promise.resolve(),
  };
}

const podSpec = {
  schedulerName: 'tidegate-scheduler',
  restartPolicy: 'Never',
  tolerations: [{ operator: 'Exists' }],
  containers: [{ name: 'main', image: 'busybox:1' }],
};

const podFailurePolicy = {
  rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }],
};

const job = (name: string, more: object = {}) => ({
  metadata: { name },
  spec: { ...more, template: { spec: podSpec } },
});
