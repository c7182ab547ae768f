import type { JsonObject } from '../../../src/objects/json.ts';

export const namespace = 'bench';
export const podsPath = `/api/v1/namespaces/${namespace}/pods`;

/** Ten virtual nodes, with room for every pod of a run. */
export const nodeNames: readonly string[] = Array.from({ length: 10 }, (_, i) => `vn-${i + 1}`);

const taints = [{ key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' }];

export const nodeOf = (name: string, i: number): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: {
      type: 'virtual-kubelet',
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'topology.kubernetes.io/zone': `zone-${i % 2}`,
    },
  },
  spec: { taints },
});

/** Without `node.kubernetes.io/not-ready`, which the API server adds to every new node. */
export const nodeSpec: JsonObject = { spec: { taints } };

export const nodeStatus: JsonObject = {
  status: {
    allocatable: { cpu: '100k', memory: '100Ti', 'ephemeral-storage': '100Ti', pods: '100k' },
    capacity: { cpu: '100k', memory: '100Ti', 'ephemeral-storage': '100Ti', pods: '100k' },
    conditions: [{ type: 'Ready', status: 'True' }],
  },
};

/** The owner of all pods: nobody runs it. */
export const job: JsonObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'report', namespace },
  spec: {
    suspend: true,
    template: {
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'registry/report:1' }] },
    },
  },
};

/** The text of a pod as a Job's, with `NAME` for its name: about 2.5 KB, 4 KB once it is stored. */
export function podText(schedulerName: string, jobUid: string): string {
  const labels = {
    'app.kubernetes.io/name': 'report',
    'batch.kubernetes.io/controller-uid': jobUid,
    'batch.kubernetes.io/job-name': 'report',
  };
  const ownerReferences = [
    {
      ...{ apiVersion: 'batch/v1', kind: 'Job', name: 'report', uid: jobUid },
      ...{ controller: true, blockOwnerDeletion: true },
    },
  ];
  const env = Array.from({ length: 20 }, (_, i) => ({
    name: `REPORT_OPTION_${i}`,
    value: `a value of the usual length, number ${i}`,
  }));
  const container = {
    ...{ name: 'main', image: 'registry.example.com/team/report:2026.03.01-abcdef0', env },
    command: ['/bin/report', '--all', '--since=24h'],
    resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '1Gi' } },
  };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name: 'NAME', namespace, labels, ownerReferences },
      annotations: { 'k8s.aliyun.com/eci-image-cache': 'true', 'bench.tidegate.io/padding': 'x'.repeat(400) },
    },
    spec: {
      ...{ schedulerName, restartPolicy: 'Never', automountServiceAccountToken: false },
      containers: [container],
      tolerations: [
        {
          key: 'virtual-kubelet.io/provider',
          operator: 'Equal',
          value: 'alibabacloud',
          effect: 'NoSchedule',
        },
      ],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'type', operator: 'In', values: ['virtual-kubelet'] }] },
            ],
          },
        },
      },
    },
  });
}
