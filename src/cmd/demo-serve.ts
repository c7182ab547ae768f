import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Client } from '../kube/client.js';
import { resources } from '../kube/resource.js';
import type { JsonObject } from '../objects/json.js';
import { optInLabel, optInValue } from '../objects/well-known.js';
import type { Io } from './command.js';
import { startDemoCluster } from './demo-cluster.js';
import { onTermination } from './signals.js';

/** A cluster to play with, until a signal ends it. */
export async function serveDemo(kubeconfigOut: string | undefined, io: Io): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-demo-policy-'));
  const termination = onTermination();
  try {
    await writeFile(join(folder, 'policy.yaml'), stringify(policy));
    const cluster = await startDemoCluster({ policies: [folder], kubeconfig: kubeconfigOut });
    await cluster.client.create(resources.namespaces, {}, optedIn);
    for (const zone of ['a', 'b']) await addNode(cluster.client, zone);
    await cluster.register();
    io.stdout(welcome(cluster.kubeconfig));
    await termination.asked;
    await cluster.close();
    return 0;
  } finally {
    termination.forget();
    await rm(folder, { recursive: true, force: true });
  }
}

const policy = {
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'VirtualNodePolicy',
  metadata: { name: 'cronjobs' },
  spec: {
    placement: { type: 'VirtualOnly', providers: [{ name: 'alibaba-eci' }] },
    startup: { imageCache: true },
  },
};

const optedIn: JsonObject = { metadata: { name: 'apps', labels: { [optInLabel]: optInValue } } };

async function addNode(client: Client, zone: string): Promise<void> {
  const { metadata } = await client.create(resources.nodes, {}, virtualNode(zone));
  const body = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };
  const target = { name: metadata.name ?? '', subresource: 'status' };
  await client.patch(resources.nodes, target, { type: 'merge', body });
}

/** As ack-virtual-node registers one. */
const virtualNode = (zone: string): JsonObject => ({
  metadata: { name: `virtual-kubelet-${zone}`, labels: { type: 'virtual-kubelet' } },
  spec: { taints: [{ key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' }] },
});

const welcome = (
  kubeconfig: string,
): string => `A cluster in a box is up, with the webhook beside it. Ctrl-C ends both.

  export KUBECONFIG=${kubeconfig}
  kubectl get nodes,namespaces
  kubectl create -f examples/plain.yaml
  kubectl -n apps get cronjob nightly-report -o yaml

The namespace apps has opted in; a CronJob of any other namespace stays as it is.
`;
