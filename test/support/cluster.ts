import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { systemClock, systemRandom } from '../../src/telemetry/clock.js';
import { startBox } from '../../src/sim/server.js';
import type { Authorize } from '../../src/sim/wire/auth.js';
import { startControlPlane } from './control-plane.js';
import { authorizeBy, grantsOf, userOf } from './installed/rbac.js';

/** An API server that the contract suite runs on. */
export interface Cluster {
  readonly url: string;
  /** PEM; '' for the system's own authorities. */
  readonly caBundle: string;
  readonly token: string;
  /** The garbage collector, the namespace controller and the controllers of workloads run. */
  readonly controllers: boolean;
  /** Forgets older revisions; undefined where that cannot be done to somebody else's cluster. */
  readonly forget: (() => Promise<void>) | undefined;
  /** Where a webhook that listens on this machine can be called, or undefined. */
  readonly webhookHost: string | undefined;
  /** A bearer token of a service account. */
  readonly tokenOf: (namespace: string, account: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export interface Candidate {
  readonly name: string;
  readonly start: () => Promise<Cluster>;
}

/** The box always; a real control plane where `KUBEBUILDER_ASSETS` names its programs, or a cluster where one is lent. */
export function clusters(): { readonly given: readonly Candidate[]; readonly absent: string | undefined } {
  const box: Candidate = { name: 'the box', start: startBoxCluster };
  const assets = process.env['KUBEBUILDER_ASSETS'] ?? '';
  if (assets !== '') {
    const missing = ['etcd', 'kube-apiserver'].filter((name) => !existsSync(join(assets, name)));
    if (missing.length > 0) throw new Error(`KUBEBUILDER_ASSETS=${assets} lacks ${missing.join(' and ')}`);
    return {
      given: [box, { name: `the control plane of ${assets}`, start: () => startReal(assets) }],
      absent: undefined,
    };
  }
  const file = process.env['KUBECONFIG'] ?? '';
  if (file !== '' && process.env['TIDEGATE_TEST_CLUSTER'] === '1') {
    return { given: [box, { name: `the cluster of ${file}`, start: () => borrow(file) }], absent: undefined };
  }
  return {
    given: [box],
    absent:
      'no real control plane: set KUBEBUILDER_ASSETS, or KUBECONFIG together with TIDEGATE_TEST_CLUSTER=1',
  };
}

async function startBoxCluster(): Promise<Cluster> {
  const tokens = new Map(accounts.map((account) => [account, `token-of-${account}`]));
  const users = Object.fromEntries(
    [...tokens].map(([account, token]) => [
      token,
      { username: userOf('tidegate-system', account), groups: [] },
    ]),
  );
  const authorize: Authorize = (...asked) => allowed(...asked);
  const box = await startBox({ clock: systemClock, random: systemRandom, users, authorize });
  const allowed = authorizeBy(() => grantsOf(rbacKinds.flatMap((kind) => box.door.list(kind))));
  box.live([], { jobMs: 1000 });
  return {
    url: box.url,
    caBundle: box.caBundle,
    token: box.token,
    controllers: true,
    webhookHost: '127.0.0.1',
    forget: () => {
      box.streams.end('cut');
      box.compact();
      return Promise.resolve();
    },
    tokenOf: (_, account) =>
      Promise.resolve(tokens.get(account) ?? fail(`the box knows no service account ${account}`)),
    stop: () => box.close(),
  };
}

/** Of the chart, whose tokens the box knows beforehand: it issues none. */
const accounts = ['tidegate-webhook', 'tidegate-controllers', 'tidegate-scheduler'];
const rbac = 'rbac.authorization.k8s.io';
const rbacKinds = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'].map(
  (kind) => `${kind}.${rbac}`,
);

async function startReal(assets: string): Promise<Cluster> {
  const plane = await startControlPlane(assets);
  return { ...plane, webhookHost: '127.0.0.1', tokenOf: tokenRequest(plane) };
}

/** Asks the API server for a token of a service account. */
const tokenRequest =
  ({ url, caBundle, token }: { readonly url: string; readonly caBundle: string; readonly token: string }) =>
  async (namespace: string, account: string): Promise<string> => {
    const dispatcher = new Agent({ connect: caBundle === '' ? {} : { ca: caBundle } });
    const answer = await request(`${url}/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
      method: 'POST',
      dispatcher,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
    });
    const text = await answer.body.text();
    await dispatcher.destroy();
    if (answer.statusCode !== 201) throw new Error(`no token of ${namespace}/${account}: ${text}`);
    return (JSON.parse(text) as { readonly status: { readonly token: string } }).status.token;
  };

/** A cluster that somebody lends: by token or client certificate of its kubeconfig. */
async function borrow(file: string): Promise<Cluster> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(file);
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (cluster === null || user?.token === undefined)
    throw new Error(`${file} names no cluster with a bearer token`);
  const caBundle = Buffer.from(cluster.caData ?? '', 'base64').toString();
  return {
    url: cluster.server,
    caBundle,
    token: user.token,
    tokenOf: tokenRequest({ url: cluster.server, caBundle, token: user.token }),
    controllers: true,
    forget: undefined,
    webhookHost: undefined,
    stop: () => Promise.resolve(),
  };
}

function fail(why: string): never {
  throw new Error(why);
}
