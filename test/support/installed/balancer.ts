import { createServer, connect, type AddressInfo } from 'node:net';

/** What a Service is to its clients: one port of this machine, and behind it the pods that are ready, in turn. */
export interface Balancer {
  readonly port: number;
  /** Open connections stay with the pod that they have, as kube-proxy leaves them. */
  setPorts(ports: readonly number[]): void;
  /** Ends every connection. */
  cut(): void;
  close(): Promise<void>;
}

export async function startBalancer(): Promise<Balancer> {
  let ports: readonly number[] = [];
  let turn = 0;
  const open = new Set<{ destroy(): void }>();
  const server = createServer((client) => {
    const port = ports[turn++ % Math.max(1, ports.length)];
    if (port === undefined) {
      client.resetAndDestroy();
      return;
    }
    const pod = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [client, pod],
      [pod, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const cut = () => {
    for (const one of open) one.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    setPorts: (next) => {
      ports = next;
    },
    cut,
    close: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => {
          resolve();
        });
      }),
  };
}
