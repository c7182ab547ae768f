import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, Parsed } from '../../contract/cluster/behaviour.js';

export interface KubeletRules {
  /** Why a pod is turned away by its node, or undefined: it runs to its end. */
  readonly refusal: (pod: Parsed) => { readonly reason: string; readonly message: string } | undefined;
}

export interface RunningKubelets {
  /** Names of the pods that were turned away, in order. */
  readonly refused: readonly string[];
  readonly stop: () => Promise<void>;
}

/**
 * Stand in for the kubelets of nodes: they take what is bound, write the status that a real one would, and say that they
 * are alive.
 */
export function startKubelets(
  api: Api,
  nodes: readonly string[],
  namespace: string,
  { refusal }: KubeletRules,
): RunningKubelets {
  const refused: string[] = [];
  const seen = new Set<string>();
  const end = new AbortController();
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const bound = 'fieldSelector=spec.nodeName%21%3D,status.phase%3DPending';

  async function take(pod: Parsed): Promise<void> {
    const name = String(pod.metadata.name);
    const put = (status: object) =>
      api.patch('strategic', `${path}/${name}/status`, { metadata: { uid: pod.metadata.uid }, status });
    const why = refusal(pod);
    if (why !== undefined) {
      refused.push(name);
      await put({ phase: 'Failed', ...why });
      return;
    }
    const startedAt = now();
    await put({
      phase: 'Running',
      startTime: startedAt,
      containerStatuses: states(pod, { running: { startedAt } }),
    });
    const finishedAt = now();
    const terminated = { exitCode: 0, reason: 'Completed', startedAt, finishedAt };
    await put({ phase: 'Succeeded', containerStatuses: states(pod, { terminated }) });
  }

  async function look(): Promise<void> {
    const { items } = (await api.get(`${path}?${bound}`)).body;
    const fresh = (items as Parsed[]).filter(({ metadata }) => !seen.has(String(metadata.uid)));
    for (const { metadata } of fresh) seen.add(String(metadata.uid));
    for (let i = 0; i < fresh.length; i += 16) await Promise.all(fresh.slice(i, i + 16).map(take));
  }

  const running = (async () => {
    while (!end.signal.aborted) {
      await look();
      await sleep(200, undefined, { signal: end.signal }).catch(() => undefined);
    }
  })();
  const alive = Promise.all(nodes.map((name) => beat(api, name, end.signal)));
  return {
    refused,
    stop: async () => {
      end.abort();
      await running;
      await alive;
    },
  };
}

/** Renews a node's Lease, without which the node controller takes it for lost after half a minute. */
async function beat(api: Api, node: string, signal: AbortSignal): Promise<void> {
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
  await api.post(leases, {
    metadata: { name: node },
    spec: { holderIdentity: node, leaseDurationSeconds: 40 },
  });
  while (!signal.aborted) {
    const renewTime = new Date().toISOString().replace('Z', '000Z');
    await api.patch('merge', `${leases}/${node}`, { spec: { renewTime } });
    await sleep(10_000, undefined, { signal }).catch(() => undefined);
  }
}

const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;

interface Container {
  readonly name: string;
  readonly image: string;
}

const states = (pod: Parsed, state: object): object[] =>
  (pod.spec.containers as readonly Container[]).map(({ name, image }) => ({
    ...{ name, image, imageID: image, state },
    ...{ ready: false, restartCount: 0 },
  }));
