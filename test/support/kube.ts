import { createClient, type Client, type ClientDeps } from '../../src/kube/client.js';
import type { Connection } from '../../src/kube/connection.js';
import { KubeError } from '../../src/kube/errors.js';
import type { KubeObject, ObjectMeta } from '../../src/kube/object.js';
import { createTransport, type Transport } from '../../src/kube/transport.js';
import type { FakeApi } from './fake-api.js';
import { fakeClock, type FakeClock } from './fake-clock.js';

/** Always the same number, so that every wait is known. 0: no jitter is taken off. */
export const noRandom = (): number => 0;

/** A connection without a credential. */
export function plainConnection(server: string): Connection {
  return {
    server,
    namespace: 'default',
    access: () => Promise.resolve({ headers: {}, tls: {} }),
    renew: () => undefined,
  };
}

export interface TestClient {
  readonly client: Client;
  readonly clock: FakeClock;
  readonly transport: Transport;
}

/** A client of a fake server, on a clock that stands still. */
export function testClient(api: Pick<FakeApi, 'url'>, deps: Partial<ClientDeps> = {}): TestClient {
  const clock = fakeClock();
  const transport = createTransport(plainConnection(api.url));
  return { client: createClient({ transport, clock, random: noRandom, ...deps }), clock, transport };
}

export function pod(
  name: string,
  metadata: ObjectMeta = {},
  rest: Omit<KubeObject, 'metadata'> = {},
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, ...metadata },
    ...rest,
  };
}

export function listOf(items: readonly KubeObject[], resourceVersion: string, next?: string) {
  return {
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: next === undefined ? { resourceVersion } : { resourceVersion, continue: next },
    items,
  };
}

/** What a promise fails with. */
export async function failure(promise: Promise<unknown>): Promise<KubeError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof KubeError)) throw new Error('expected a KubeError', { cause: error });
  return error;
}
