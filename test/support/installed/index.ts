import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Api } from '../../contract/cluster/behaviour.js';
import type { KubeObject } from '../../../src/kube/object.js';
import type { JsonObject } from '../../../src/objects/json.js';
import { kubeconfig } from '../../../src/sim/wire/kubeconfig.js';
import { eventually } from '../eventually.js';
import { render } from '../helm.js';
import { startBalancer } from './balancer.js';
import { createEndpoints } from './endpoints.js';
import { startContainer, type ContainerDeps, type PodTemplate, type RunningContainer } from './container.js';
import { createdIn, type Placed } from './objects.js';

export interface InstallOptions {
  readonly api: Api;
  /** Of the chart. Default: its own. */
  readonly values?: object;
  /** Between the objects and the pods. */
  readonly beforePods?: () => Promise<void>;
  /** Where the pods reach the API server. Default: where it is. */
  readonly apiUrl?: string;
  /** Whether the pods are waited for. Default true. */
  readonly waits?: boolean;
  /** What ends it in the end. */
  readonly atEnd: ContainerDeps['atEnd'];
}

/** The chart on an API server, its Deployments' commands running as processes of this machine. */
export interface Installed {
  readonly objects: readonly Placed[];
  readonly containers: (component: string) => readonly RunningContainer[];
  /** One more pod of a component, ready or not. */
  readonly start: (component: string) => Promise<RunningContainer>;
  /** One more pod of a component, ready. */
  readonly add: (component: string) => Promise<RunningContainer>;
  /** As `kubectl rollout restart` of a webhook: a new pod is ready before an old one goes, one after the other. */
  readonly restart: (component: string) => Promise<void>;
}

export const systemNamespace = 'tidegate-system';

/**
 * Applies what `helm template` renders, and runs the Deployments. What a machine without kube-proxy cannot give is
 * bridged: the Service's name leads to a port of this machine.
 */
export async function install(options: InstallOptions): Promise<Installed> {
  const { api, atEnd, apiUrl = api.cluster.url, waits = true } = options;
  const balancer = await startBalancer();
  atEnd(() => balancer.close());
  await api.post('/api/v1/namespaces', { metadata: { name: systemNamespace } });
  const rendered = render(options.values).map((object) => reachable(object, balancer.port));
  const objects: Placed[] = [];
  for (const object of rendered) objects.push(await createdIn(api, object));
  await options.beforePods?.();

  const endpoints = createEndpoints(api, systemNamespace, 'tidegate-webhook');
  atEnd(endpoints.settled);
  const running = new Map<string, RunningContainer[]>();
  const containers = (component: string) => running.get(component) ?? [];
  const onReady = () => {
    const ready = containers('webhook').filter((one) => one.isReady());
    balancer.setPorts(ready.flatMap((one) => one.port() ?? []));
    endpoints.set(ready.length, containers('webhook').length);
  };
  const deployments = rendered.filter(({ kind }) => kind === 'Deployment');
  const startOf = async (deployment: KubeObject): Promise<RunningContainer> => {
    const { template } = deployment['spec'] as unknown as { readonly template: PodTemplate };
    const token = await api.cluster.tokenOf(systemNamespace, template.spec.serviceAccountName);
    const folder = await mkdtemp(join(tmpdir(), 'tidegate-account-'));
    atEnd(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'kubeconfig');
    await writeFile(file, kubeconfig(apiUrl, api.cluster.caBundle, { token }));
    const readSecret = async (name: string) => {
      const { status, body } = await api.get(`/api/v1/namespaces/${systemNamespace}/secrets/${name}`);
      return status === 200 ? decoded(body.data as Readonly<Record<string, string>> | undefined) : undefined;
    };
    const one = await startContainer({ template, kubeconfig: file, readSecret, onReady, atEnd });
    const component = template.spec.containers[0].name;
    running.set(component, [...containers(component), one]);
    return one;
  };
  const start = (component: string) => {
    const deployment = deployments.find(({ metadata }) => metadata.name?.endsWith(`-${component}`));
    if (deployment === undefined) throw new Error(`the chart renders no Deployment of ${component}`);
    return startOf(deployment);
  };
  const add = async (component: string) => {
    const one = await start(component);
    await readyAfterAll(one);
    return one;
  };
  for (const deployment of deployments) {
    const { replicas } = deployment['spec'] as unknown as { readonly replicas: number };
    for (let i = 0; i < replicas; i++) await startOf(deployment);
  }
  if (waits) for (const one of [...running.values()].flat()) await readyAfterAll(one);
  await endpoints.settled();
  return {
    objects,
    containers,
    start,
    add,
    restart: async (component) => {
      const olds = containers(component);
      const codes: Promise<number | null>[] = [];
      for (const old of olds) {
        await add(component);
        running.set(
          component,
          containers(component).filter((one) => one !== old),
        );
        codes.push(old.terminate());
      }
      const ended = await Promise.all(codes);
      olds.forEach((old, i) => {
        if (ended[i] !== 0)
          throw new Error(`it ended with ${String(ended[i])}: ${old.stderr()}${old.stdout()}`);
      });
    },
  };
}

/** A port of this machine by the Service's name: an API server calls Services itself, without DNS or kube-proxy. */
function reachable(object: KubeObject, port: number): KubeObject {
  if (object['kind'] === 'Service') {
    const { ports = [] } = object['spec'] as JsonObject;
    return { ...object, spec: { type: 'ExternalName', externalName: 'localhost', ports } };
  }
  if (object['kind'] !== 'MutatingWebhookConfiguration') return object;
  const text = JSON.stringify(object).replaceAll('"port":443', `"port":${port}`);
  return JSON.parse(text) as KubeObject;
}

async function readyAfterAll(one: RunningContainer): Promise<void> {
  const state = { ended: false };
  void one.exited.then(() => (state.ended = true));
  await eventually('a pod to be ready', () => state.ended || one.isReady());
  if (state.ended) throw new Error(`it ended: ${one.stderr()}${one.stdout()}`);
}

const decoded = (data: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]),
  );
