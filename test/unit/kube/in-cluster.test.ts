import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../../../src/kube/client.js';
import { inCluster } from '../../../src/kube/in-cluster.js';
import { resources } from '../../../src/kube/resource.js';
import { createTransport } from '../../../src/kube/transport.js';
import { fakeApi, type FakeApi } from '../../support/fake-api.js';
import { fakeClock } from '../../support/fake-clock.js';
import { failure, noRandom, pod } from '../../support/kube.js';
import { selfSigned, type TestCert } from '../../support/test-certs.js';

let first: TestCert;
let second: TestCert;
let dir: string;
let api: FakeApi;

beforeAll(() => {
  first = selfSigned('first');
  second = selfSigned('second');
});

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tidegate-'));
  await mount({ token: 'token-1', 'ca.crt': first.cert, namespace: 'tidegate\n' });
  api = await serve(first);
});

afterEach(async () => {
  await api.close();
  await rm(dir, { recursive: true });
});

async function mount(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
}

async function serve(cert: TestCert, port = 0): Promise<FakeApi> {
  const server = await fakeApi({ cert: cert.cert, key: cert.key }, port);
  server.handle((call) => {
    call.json(pod('a'));
  });
  return server;
}

async function connect() {
  const clock = fakeClock();
  const errors: string[] = [];
  const connection = await inCluster({
    host: '127.0.0.1',
    port: String(api.port),
    clock,
    dir,
    onError: (error) => errors.push(error.code),
  });
  const transport = createTransport(connection);
  const client = createClient({ transport, clock, random: noRandom });
  const ask = () => client.get(resources.namespaces, { name: 'a' }, { retries: 0 });
  const tokens = () => api.calls.map((call) => call.headers.authorization);
  return { clock, connection, transport, ask, tokens, errors };
}

describe('inCluster', () => {
  it('verifies the server by the mounted CA and shows the mounted token', async () => {
    const { connection, transport, ask, tokens } = await connect();
    await ask();
    expect(tokens()).toEqual(['Bearer token-1']);
    expect(connection.namespace).toBe('tidegate');
    await transport.close();
  });

  it('refuses a server that the CA does not vouch for', async () => {
    await mount({ 'ca.crt': second.cert });
    const { transport, ask } = await connect();
    const error = await failure(ask());
    expect(error.kind).toBe('unreachable');
    expect(error.message).toMatch(/SELF_SIGNED/);
    await transport.close();
  });

  it('shows the new token ten seconds after it was written', async () => {
    const { clock, transport, ask, tokens } = await connect();
    await mount({ token: 'token-2' });
    await ask();
    await clock.advance(10_000);
    await ask();
    expect(tokens()).toEqual(['Bearer token-1', 'Bearer token-2']);
    await transport.close();
  });

  it('reads the token at once when the server refuses the old one', async () => {
    const { transport, ask, tokens } = await connect();
    await mount({ token: 'token-2' });
    api.handle((call) => {
      if (call.headers.authorization === 'Bearer token-1') call.status(401, 'Unauthorized');
      else call.json(pod('a'));
    });
    await failure(ask());
    await ask();
    expect(tokens()).toEqual(['Bearer token-1', 'Bearer token-2']);
    await transport.close();
  });

  it('takes a new CA without a restart', async () => {
    const { clock, transport, ask } = await connect();
    await ask();
    const { port } = api;
    await api.close();
    api = await serve(second, port);
    await mount({ 'ca.crt': second.cert });
    await clock.advance(10_000);
    await ask();
    expect(api.calls).toHaveLength(1);
    await transport.close();
  });

  it('keeps its connections while the files say the same', async () => {
    const { clock, transport, ask } = await connect();
    await ask();
    await clock.advance(10_000);
    await ask();
    expect(new Set(api.calls.map((call) => call.clientPort)).size).toBe(1);
    await transport.close();
  });

  it('goes on with what it has when the files cannot be read any more, and says so', async () => {
    const { clock, transport, ask, tokens, errors } = await connect();
    await mount({ token: '' });
    await clock.advance(10_000);
    await ask();
    expect(tokens()).toEqual(['Bearer token-1']);
    expect(errors).toEqual(['file-unreadable']);
    await transport.close();
  });

  it('fails at the start outside a cluster', async () => {
    const options = { host: 'h', port: '443', clock: fakeClock(), dir: join(dir, 'none') };
    await expect(inCluster(options)).rejects.toThrow(/none\/(token|ca\.crt): ENOENT/);
  });

  it('puts an IPv6 host in brackets', async () => {
    const connection = await inCluster({ host: 'fd00::1', port: '443', clock: fakeClock(), dir });
    expect(connection.server).toBe('https://[fd00::1]:443');
  });
});
