import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { resources } from '../kube/resource.js';
import type { JsonObject } from '../objects/json.js';
import { optInLabel, optInValue } from '../objects/well-known.js';
import type { Io } from './command.js';
import { startDemoCluster } from './demo-cluster.js';
import { policyCrd } from '../policy/crd.js';
import { onTermination } from './signals.js';

/** A cluster to play with, until a signal ends it. */
export async function serveDemo(kubeconfigOut: string | undefined, io: Io): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-demo-policy-'));
  const termination = onTermination();
  try {
    await writeFile(join(folder, 'policy.yaml'), stringify(policy));
    const cluster = await startDemoCluster({ policies: [folder], kubeconfig: kubeconfigOut });
    await cluster.client.create(resources.namespaces, {}, optedIn);
    cluster.box.live(nodes, { jobMs: 10_000 });
    await cluster.client.create(resources.customResourceDefinitions, {}, policyCrd());
    await cluster.client.create(resources.virtualNodePolicies, {}, policy);
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

const nodes = [
  { name: 'virtual-kubelet-a', provider: 'alibaba-eci', zone: 'zone-a' },
  { name: 'virtual-kubelet-b', provider: 'alibaba-eci', zone: 'zone-b' },
  { name: 'node-1', cpu: '4', memory: '16Gi' },
] as const;

const welcome = (
  kubeconfig: string,
): string => `A cluster in a box is up, with the webhook beside it. Ctrl-C ends both.

  export KUBECONFIG=${kubeconfig}
  kubectl get nodes,namespaces,vnp
  kubectl create -f examples/plain.yaml
  kubectl -n apps get cronjob nightly-report -o yaml
  kubectl -n apps patch cronjob nightly-report -p '{"spec":{"schedule":"* * * * *"}}'
  kubectl -n apps get pods -o wide -w

The namespace apps has opted in; a CronJob of any other namespace stays as it is. Two nodes are virtual, one is not;
their kubelets are a model: a pod of a Job takes some seconds to start, runs for ten and completes.
`;
