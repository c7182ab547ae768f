import { X509Certificate } from 'node:crypto';
import { onTestFinished, describe, expect, it } from 'vitest';
import { isTrustedBy } from '../../../../src/certs/inspect.js';
import { issueCa } from '../../../../src/certs/issue.js';
import { createCertificates } from '../../../../src/controllers/certificates/index.js';
import { fakeClock, until, type FakeClock } from '../../../support/fake-clock.js';
import { objectStore, type ObjectStore } from '../../../support/object-store.js';

const places = {
  namespace: 'tidegate',
  authoritySecret: 'authority',
  servingSecret: 'serving',
  configuration: 'tidegate',
};
const names = ['tidegate-webhook.tidegate.svc', 'tidegate-webhook.tidegate'];
const start = Date.UTC(2026, 0, 1);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

interface Running {
  readonly store: ObjectStore;
  readonly clock: FakeClock;
  /** What failed, in order. */
  readonly failed: readonly string[];
  /** Once more, after that time; the machine slept through it. */
  readonly later: (ms: number) => Promise<void>;
}

const configuration = (...entries: string[]) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: 'tidegate' },
  webhooks: entries.map((name) => ({
    name,
    clientConfig: { service: { namespace: 'tidegate', name: 's' } },
  })),
});

async function running(prepare: (store: ObjectStore) => void = () => undefined): Promise<Running> {
  const store = objectStore();
  store.put('mutatingwebhookconfigurations', configuration('workloads.tidegate.io', 'bindings.tidegate.io'));
  prepare(store);
  const clock = fakeClock(start);
  const failed: string[] = [];
  const stop = new AbortController();
  const controller = createCertificates({
    client: store.client,
    clock,
    random: () => 0,
    places,
    names,
    observer: {
      renewed: () => undefined,
      expires: () => undefined,
      failed: (error) => failed.push(error instanceof Error ? error.message : String(error)),
      left: () => undefined,
    },
  });
  const led = controller.lead({ number: 1, signal: stop.signal, isValid: () => true }, stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await led;
  });
  const asleep = () => until('the controller sleeps', () => clock.pending === 1);
  await asleep();
  return {
    store,
    clock,
    failed,
    async later(ms) {
      clock.jumpWall(ms);
      await clock.advanceToNext();
      await asleep();
    },
  };
}

const dataOf = (store: ObjectStore, name: string, key: string): string => {
  const data = store.get('secrets', name)?.['data'] as Record<string, string> | undefined;
  return Buffer.from(data?.[key] ?? '', 'base64').toString();
};

/** What the API server trusts for each of our entries. */
function bundles(store: ObjectStore): readonly string[] {
  const { webhooks } = store.get('mutatingwebhookconfigurations', 'tidegate') as unknown as {
    webhooks: { clientConfig: { caBundle?: string } }[];
  };
  return webhooks.map(({ clientConfig }) => Buffer.from(clientConfig.caBundle ?? '', 'base64').toString());
}

const served = (store: ObjectStore): X509Certificate =>
  new X509Certificate(dataOf(store, 'serving', 'tls.crt'));

function expectTrusted(store: ObjectStore): void {
  const leaf = served(store);
  expect(bundles(store).map((bundle) => isTrustedBy(leaf, bundle))).toEqual([true, true]);
}

describe('the certificates controller', () => {
  it('makes everything where nothing is there, the trust before the leaf', async () => {
    const { store } = await running();
    expect(store.writes).toEqual([
      'create secrets/authority',
      'patch mutatingwebhookconfigurations/tidegate',
      'create secrets/serving',
    ]);
    expectTrusted(store);
    expect(names.map((name) => served(store).checkHost(name))).toEqual(names);
  });

  it('writes nothing where everything is as it is to be', async () => {
    const { store, later } = await running();
    const before = store.writes.length;
    await later(minute);
    expect(store.writes.slice(before)).toEqual([]);
  });

  it('fills in a configuration that comes later', async () => {
    const { store, later } = await running((made) => {
      made.remove('mutatingwebhookconfigurations', 'tidegate');
    });
    store.put(
      'mutatingwebhookconfigurations',
      configuration('workloads.tidegate.io', 'bindings.tidegate.io'),
    );
    await later(0);
    expectTrusted(store);
  });

  it('serves for two years what is valid and trusted, by what was published before as by what is now', async () => {
    const { store, clock, later, failed } = await running();
    const authorities = new Set<string>();
    const leaves = new Set<string>();
    while (clock.now() < start + 2 * 365 * day) {
      const [leafBefore, bundlesBefore] = [served(store), bundles(store)];
      await later(11 * hour);
      const leaf = served(store);
      expectTrusted(store);
      // A kubelet that mounts late goes on to serve the leaf before, an API server that reads late trusts the bundle before.
      expect(bundles(store).every((bundle) => isTrustedBy(leafBefore, bundle))).toBe(true);
      expect(bundlesBefore.every((bundle) => isTrustedBy(leaf, bundle))).toBe(true);
      expect(leaf.validToDate.getTime() - clock.now()).toBeGreaterThan(9 * day);
      leaves.add(leaf.serialNumber);
      authorities.add(dataOf(store, 'authority', 'ca.crt'));
    }
    expect(failed).toEqual([]);
    expect(authorities.size).toBe(3);
    // Every 20 days, and once more with each new authority.
    expect(leaves.size).toBeGreaterThanOrEqual(36);
    expect(leaves.size).toBeLessThanOrEqual(42);
  });

  it.each([
    {
      name: 'the serving Secret is deleted',
      harm: (store: ObjectStore) => {
        store.remove('secrets', 'serving');
      },
    },
    {
      name: 'the authority is deleted',
      harm: (store: ObjectStore) => {
        store.remove('secrets', 'authority');
      },
    },
    {
      name: 'the leaf is garbled',
      harm: (store: ObjectStore) => {
        const secret = store.get('secrets', 'serving');
        store.put('secrets', { ...secret, data: { 'tls.crt': 'AAAA', 'tls.key': '!' } });
      },
    },
    {
      name: 'the authority is garbled',
      harm: (store: ObjectStore) => {
        const secret = store.get('secrets', 'authority');
        store.put('secrets', { ...secret, data: { 'ca.crt': 'AAAA' } });
      },
    },
    {
      name: 'the configuration is laid anew, without a bundle',
      harm: (store: ObjectStore) => {
        store.put(
          'mutatingwebhookconfigurations',
          configuration('workloads.tidegate.io', 'bindings.tidegate.io'),
        );
      },
    },
  ])('heals at its next look where $name', async ({ harm }) => {
    const { store, later } = await running();
    harm(store);
    await later(0);
    expectTrusted(store);
    const { writes } = store;
    const healed = writes.length;
    await later(0);
    expect(writes.slice(healed)).toEqual([]);
  });

  it.each([
    ['whose key is lost', (data: object) => ({ ...data, 'ca.key': '' })],
    ['that is garbled', () => ({ 'ca.crt': 'AAAA' })],
    ['that is deleted', () => undefined],
  ])('trusts an authority %s on, for leaves of it that are still served', async (_, harm) => {
    const { store, later } = await running();
    const before = served(store);
    const secret = store.get('secrets', 'authority');
    const data = harm(secret?.['data'] as object);
    if (data === undefined) store.remove('secrets', 'authority');
    else store.put('secrets', { ...secret, data });
    await later(0);
    expect(served(store).serialNumber).not.toBe(before.serialNumber);
    expect(bundles(store).every((bundle) => isTrustedBy(before, bundle))).toBe(true);
    await later(10 * minute);
    expect(bundles(store).some((bundle) => isTrustedBy(before, bundle))).toBe(false);
    expectTrusted(store);
  });

  it('touches no entry of anybody else, and no other field of ours', async () => {
    const theirs = {
      name: 'theirs.example.com',
      clientConfig: { url: 'https://example.com', caBundle: 'AAAA' },
    };
    const { store } = await running((made) => {
      const ours = configuration('workloads.tidegate.io', 'bindings.tidegate.io');
      made.put('mutatingwebhookconfigurations', { ...ours, webhooks: [theirs, ...ours.webhooks] });
    });
    const after = store.get('mutatingwebhookconfigurations', 'tidegate')?.['webhooks'] as {
      clientConfig: object;
    }[];
    expect(after[0]).toEqual(theirs);
    expect(Object.keys(after[1]?.clientConfig ?? {})).toEqual(['service', 'caBundle']);
  });

  it('leaves another one’s Secret of that name alone, and says what to do', async () => {
    const foreign = { metadata: { name: 'serving', namespace: 'tidegate' }, data: { 'tls.crt': 'AAAA' } };
    const { store, failed } = await running((made) => {
      made.put('secrets', foreign);
    });
    expect(store.get('secrets', 'serving')?.['data']).toEqual(foreign.data);
    expect(failed).toEqual([
      "Secret tidegate/serving: expected the label app.kubernetes.io/managed-by: tidegate, got another one's Secret; delete it or label it",
    ]);
  });

  it('gives way to who wrote in between, and comes back', async () => {
    const other = await issueCa('of another replica', { now: start, days: 365 });
    const { store, failed, later } = await running((made) => {
      made.beforeWrite = (write) => {
        if (write !== 'create secrets/authority') return;
        const data = {
          'ca.crt': Buffer.from(other.cert).toString('base64'),
          'ca.key': Buffer.from(other.key).toString('base64'),
        };
        const labels = { 'app.kubernetes.io/managed-by': 'tidegate' };
        made.put('secrets', { metadata: { name: 'authority', namespace: 'tidegate', labels }, data });
      };
    });
    expect(failed).toEqual(['secrets/authority has changed']);
    await later(0);
    expect(dataOf(store, 'authority', 'ca.crt')).toBe(other.cert);
    expectTrusted(store);
  });

  it('goes on where the API server was away', async () => {
    const { store, failed, later } = await running();
    store.fault = 'unreachable';
    await later(minute);
    store.fault = undefined;
    store.remove('secrets', 'serving');
    await later(minute);
    expect(failed).toEqual(['fault']);
    expectTrusted(store);
  });
});
