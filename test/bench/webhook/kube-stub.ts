import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';

export interface KubeStub {
  close(): void;
}

/**
 * As much of an API server as Pepr asks for before it serves reviews: the store of its module, which it reads, marks
 * and watches. Writes the kubeconfig that leads there.
 */
export async function startKubeStub(kubeconfig: string): Promise<KubeStub> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' });
    const name = /\/peprstores\/([^/]+)$/.exec(url.pathname)?.[1];
    if (name !== undefined) response.end(JSON.stringify(store(name)));
    else if (url.searchParams.get('watch') === 'true') response.write(`${event(url)}\n`);
    else response.end(JSON.stringify({ ...list, items: [store(nameIn(url))] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(kubeconfig, toKubeconfig(port));
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const apiVersion = 'pepr.dev/v1';
const list = { apiVersion, kind: 'PeprStoreList', metadata: { resourceVersion: '1' } };

const store = (name: string) => ({
  apiVersion,
  kind: 'PeprStore',
  metadata: { name, namespace: 'pepr-system', uid: name, resourceVersion: '1', labels: {} },
  data: { __pepr_do_not_delete__: 'k-thx-bye' },
});

const event = (url: URL): string => JSON.stringify({ type: 'ADDED', object: store(nameIn(url)) });

const nameIn = (url: URL): string =>
  /metadata\.name=([^,]+)/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1] ?? 'store';

const toKubeconfig = (port: number): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    // Its client takes plain HTTP only with this.
    clusters: [
      { name: 'stub', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'stub', user: { token: 'stub' } }],
    contexts: [{ name: 'stub', context: { cluster: 'stub', user: 'stub' } }],
    'current-context': 'stub',
  });
