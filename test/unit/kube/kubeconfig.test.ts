import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { createClient } from '../../../src/kube/client.js';
import { fromKubeconfig } from '../../../src/kube/kubeconfig.js';
import { resources } from '../../../src/kube/resource.js';
import { createTransport, type Transport } from '../../../src/kube/transport.js';
import { fakeApi, type FakeApi } from '../../support/fake-api.js';
import { fakeClock } from '../../support/fake-clock.js';
import { failure, noRandom, pod } from '../../support/kube.js';
import { selfSigned, type TestCert } from '../../support/test-certs.js';

let serverCert: TestCert;
let clientCert: TestCert;
let dir: string;
let api: FakeApi;
let opened: Transport[];

beforeAll(() => {
  serverCert = selfSigned('server');
  clientCert = selfSigned('the client');
});

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tidegate-'));
  opened = [];
  api = await fakeApi({ ...serverCert, ca: clientCert.cert, requestCert: true, rejectUnauthorized: false });
  api.handle((call) => {
    call.json(pod('a'));
  });
});

afterEach(async () => {
  await Promise.all(opened.map((transport) => transport.close()));
  await api.close();
  await rm(dir, { recursive: true });
});

const base64 = (text: string) => Buffer.from(text).toString('base64');

interface Facts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: string;
}

async function connectWith({ cluster, user = {}, context }: Facts) {
  const path = join(dir, 'config');
  const trusted = { server: api.url, 'certificate-authority-data': base64(serverCert.cert) };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    contexts: [
      { name: 'here', context: { cluster: 'c', user: 'u', namespace: 'apps' } },
      { name: 'broken', context: { cluster: 'none', user: 'u' } },
    ],
    clusters: [{ name: 'c', cluster: cluster ?? trusted }],
    users: [{ name: 'u', user }],
  };
  await writeFile(path, stringify(config));
  const clock = fakeClock();
  const connection = await fromKubeconfig({ path, clock, ...(context === undefined ? {} : { context }) });
  const transport = createTransport(connection);
  opened.push(transport);
  const client = createClient({ transport, clock, random: noRandom });
  return {
    clock,
    connection,
    ask: (retries = 0) => client.get(resources.namespaces, { name: 'a' }, { retries }),
  };
}

/** An exec plug-in that counts how often it ran, and gives the count as its token. */
async function plugin(status: string): Promise<object> {
  const script = join(dir, 'plugin.sh');
  const credential = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":${status}}`;
  await writeFile(
    script,
    `#!/bin/sh\necho x >> ${dir}/runs\nN=$(wc -l < ${dir}/runs | tr -d ' ')\ncat <<EOF\n${credential}\nEOF\n`,
  );
  await chmod(script, 0o755);
  return {
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command: script, interactiveMode: 'Never' },
  };
}

describe('fromKubeconfig', () => {
  it('shows a token to a server that its CA vouches for', async () => {
    const { connection, ask } = await connectWith({ user: { token: 'secret' } });
    await ask();
    expect(api.calls[0]!.headers.authorization).toBe('Bearer secret');
    expect(connection.namespace).toBe('apps');
  });

  it('shows a client certificate', async () => {
    const { ask } = await connectWith({
      user: {
        'client-certificate-data': base64(clientCert.cert),
        'client-key-data': base64(clientCert.key),
      },
    });
    await ask();
    expect(api.calls[0]!.clientName).toBe('the client');
  });

  it('shows a name and a password', async () => {
    const { ask } = await connectWith({ user: { username: 'me', password: 'pw' } });
    await ask();
    expect(api.calls[0]!.headers.authorization).toBe(`Basic ${base64('me:pw')}`);
  });

  it('refuses a server that the CA does not vouch for', async () => {
    const other = base64(clientCert.cert);
    const { ask } = await connectWith({ cluster: { server: api.url, 'certificate-authority-data': other } });
    expect((await failure(ask())).message).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/);
  });

  it('accepts any server where the file says so', async () => {
    const { ask } = await connectWith({ cluster: { server: api.url, 'insecure-skip-tls-verify': true } });
    await ask();
    expect(api.calls).toHaveLength(1);
  });

  it('checks the certificate for the name that the file gives', async () => {
    const trusted = { server: api.url, 'certificate-authority-data': base64(serverCert.cert) };
    const named = await connectWith({ cluster: { ...trusted, 'tls-server-name': 'localhost' } });
    await named.ask();
    const wrong = await connectWith({ cluster: { ...trusted, 'tls-server-name': 'elsewhere' } });
    expect((await failure(wrong.ask())).message).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID/);
  });

  it('runs an exec plug-in, and again when the server refuses its token', async () => {
    const { ask } = await connectWith({ user: await plugin('{"token":"run-$N"}') });
    api.handle((call) => {
      if (call.headers.authorization === 'Bearer run-1') call.status(401, 'Unauthorized');
      else call.json(pod('a'));
    });
    await ask(1);
    await ask();
    expect(api.calls.map((call) => call.headers.authorization)).toEqual([
      'Bearer run-1',
      'Bearer run-2',
      'Bearer run-2',
    ]);
  });

  it('says that a plug-in failed, and what of it', async () => {
    const { ask } = await connectWith({ user: { exec: { command: join(dir, 'none') } } });
    const error = await failure(ask());
    expect(error.kind).toBe('unauthorized');
    expect(error.message).toMatch(/expected a credential, came none: .*ENOENT/);
  });

  it('goes through the proxy that the file names', async () => {
    const proxy = await connectProxy();
    const trusted = { server: api.url, 'certificate-authority-data': base64(serverCert.cert) };
    const { ask } = await connectWith({ cluster: { ...trusted, 'proxy-url': proxy.url } });
    await ask();
    expect(proxy.tunnels).toEqual([`127.0.0.1:${api.port}`]);
    await Promise.all(opened.map((transport) => transport.close()));
    proxy.server.close();
  });

  it('talks to a server without TLS, under a path', async () => {
    const plain = await fakeApi();
    plain.handle((call) => {
      call.json(pod('a'));
    });
    const { ask } = await connectWith({ cluster: { server: `${plain.url}/k8s/c-1/` } });
    await ask();
    expect(plain.calls[0]!.path).toBe('/k8s/c-1/api/v1/namespaces/a');
    await plain.close();
  });

  it.each([
    ['a missing cluster', 'broken', 'context "broken": cluster "none" is not in the file'],
    ['a missing context', 'nowhere', 'expected a context, came "nowhere"'],
  ])('names %s', async (_, context, text) => {
    await expect(connectWith({ context })).rejects.toThrow(`${dir}/config: ${text}`);
  });

  it('names a file that is not there', async () => {
    const missing = fromKubeconfig({ path: join(dir, 'none'), clock: fakeClock() });
    await expect(missing).rejects.toMatchObject({ code: 'kubeconfig-invalid' });
  });
});

async function connectProxy(): Promise<{ server: Server; url: string; tunnels: string[] }> {
  const tunnels: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    const { hostname, port } = new URL(`http://${request.url ?? ''}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels };
}
