import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, systemRandom } from '../../src/telemetry/clock.js';
import { startBox } from '../../src/sim/server.js';
import { startControlPlane } from './control-plane.js';

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
  const box = await startBox({ clock: systemClock, random: systemRandom });
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
    stop: () => box.close(),
  };
}

async function startReal(assets: string): Promise<Cluster> {
  return { ...(await startControlPlane(assets)), webhookHost: '127.0.0.1' };
}

/** A cluster that somebody lends: by token or client certificate of its kubeconfig. */
async function borrow(file: string): Promise<Cluster> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(file);
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (cluster === null || user?.token === undefined)
    throw new Error(`${file} names no cluster with a bearer token`);
  return {
    url: cluster.server,
    caBundle: Buffer.from(cluster.caData ?? '', 'base64').toString(),
    token: user.token,
    controllers: true,
    forget: undefined,
    webhookHost: undefined,
    stop: () => Promise.resolve(),
  };
}
