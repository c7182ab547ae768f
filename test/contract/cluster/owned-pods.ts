import { expect } from 'vitest';
import { eventually } from './behaviour.js';
import type { Api, Parsed } from './behaviour.js';
import { node, pods, unique } from './objects.js';

/** Pods whose owner is a controller of the cluster, and whose kubelet the behaviour plays itself. */
export interface OwnedPods {
  readonly namespace: string;
  /** Waits until there are so many that are not being deleted, and gives them, oldest first. */
  count(wanted: number): Promise<Parsed[]>;
  all(): Promise<Parsed[]>;
  bind(pod: Parsed, node: string): Promise<void>;
  /** What its kubelet says. */
  report(pod: Parsed, status: object): Promise<void>;
}

export function ownedPods(api: Api, namespace: string): OwnedPods {
  const all = async (): Promise<Parsed[]> => (await api.get(pods(namespace))).body.items;
  return {
    namespace,
    all,
    count: (wanted) =>
      eventually(`${wanted} pods`, async () => {
        const alive = (await all()).filter(
          ({ metadata }: Parsed) => metadata.deletionTimestamp === undefined,
        );
        return alive.length === wanted ? alive : undefined;
      }),
    async bind({ metadata: { name } }, target) {
      const { status } = await api.post(`${pods(namespace)}/${String(name)}/binding`, {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name },
        target: { apiVersion: 'v1', kind: 'Node', name: target },
      });
      expect(status).toBe(201);
    },
    async report({ metadata: { name } }, status) {
      const answer = await api.patch('strategic', `${pods(namespace)}/${String(name)}/status`, { status });
      expect(answer.status).toBe(200);
    },
  };
}

/** A Node of its own, with room for everything. */
export async function newNode(api: Api): Promise<string> {
  const name = unique('node');
  await api.post('/api/v1/nodes', node(name));
  return name;
}

const minute = 60_000;
const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Running, and ready for so many minutes; negative: not ready. */
export const running = (readyMinutes: number, restartCount = 0): object => ({
  phase: 'Running',
  conditions: [
    {
      type: 'Ready',
      status: readyMinutes < 0 ? 'False' : 'True',
      lastTransitionTime: time(Date.now() - Math.abs(readyMinutes) * minute),
    },
  ],
  containerStatuses: [
    {
      name: 'main',
      image: 'a',
      imageID: 'a',
      ready: readyMinutes >= 0,
      restartCount,
      state: { running: {} },
    },
  ],
});
