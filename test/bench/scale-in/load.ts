import { Agent, request } from 'undici';

export interface BindOptions {
  readonly url: string;
  readonly token: string;
  readonly caBundle: string;
  readonly prefix: string;
  readonly count: number;
  /** In turns. */
  readonly nodes: readonly string[];
  /** Binds under way at once. */
  readonly inFlight: number;
}

/** Binds so many pods as fast as they go, and tells how long each took, in ms. */
export async function bindAll({
  url,
  token,
  caBundle,
  prefix,
  count,
  nodes,
  inFlight,
}: BindOptions): Promise<number[]> {
  const dispatcher = new Agent({ connect: { ca: caBundle }, connections: inFlight });
  const took: number[] = [];
  let next = 0;
  const bindSome = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) {
      const name = `${prefix}-${i}`;
      const target = { apiVersion: 'v1', kind: 'Node', name: nodes[i % nodes.length] };
      const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace: 'apps' }, target };
      const begun = performance.now();
      const answer = await request(`${url}/api/v1/namespaces/apps/pods/${name}/binding`, {
        method: 'POST',
        dispatcher,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 201) throw new Error(`bind of ${name}: ${answer.statusCode} ${text}`);
      took.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, bindSome));
  await dispatcher.destroy();
  return took;
}
