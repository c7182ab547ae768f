/** Bytes of each pod. */
export const podBytes = 4096;

/**
 * The text of the i-th pod, padded in its managedFields, where a real pod has its bulk too. Half of the pods belong
 * to ReplicaSets of 20, half to a Job each: what an index by owner costs depends on that.
 */
export function podText(i: number, resourceVersion: number): string {
  const isJob = i % 2 === 1;
  const set = Math.floor(i / 40);
  const owner = isJob
    ? { apiVersion: 'batch/v1', kind: 'Job', name: `nightly-${i}`, uid: uid('b', i) }
    : { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `web-${set}`, uid: uid('a', set) };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${owner.name}-${i.toString(36).padStart(5, '0')}`,
      generateName: `${owner.name}-`,
      namespace: `team-${i % 50}`,
      uid: uid('c', i),
      resourceVersion: String(resourceVersion),
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { app: owner.name, 'pod-template-hash': '5d8f7c9b6' },
      annotations: i % 4 === 0 ? { 'controller.kubernetes.io/pod-deletion-cost': '-100' } : {},
      ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
      managedFields: [{ manager: 'kubelet', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: {} }],
    },
    spec: {
      nodeName: `node-${i % 500}`,
      schedulerName: 'default-scheduler',
      restartPolicy: isJob ? 'Never' : 'Always',
      containers: ['app', 'proxy'].map(container),
      tolerations: ['not-ready', 'unreachable'].map((key) => ({
        key: `node.kubernetes.io/${key}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
    },
    status: {
      phase: 'Running',
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: '2026-01-01T00:00:01Z',
      })),
    },
  };
  const text = JSON.stringify(pod);
  const padding = 'x'.repeat(podBytes - text.length - '"f:pad":""'.length);
  return text.replace('"fieldsV1":{}', `"fieldsV1":{"f:pad":"${padding}"}`);
}

const container = (name: string) => ({
  name,
  image: `registry.example.com/${name}:1.2.3`,
  env: Array.from({ length: 6 }, (_, n) => ({ name: `SETTING_${n}`, value: `value-${n}` })),
  resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '256Mi' } },
});

const uid = (kind: string, i: number): string =>
  `${kind}${String(i).padStart(7, '0')}-0000-4000-8000-000000000000`;
