import type { Client } from '../../src/kube/client.js';
import { KubeError, type KubeErrorKind } from '../../src/kube/errors.js';
import type { KubeObject } from '../../src/kube/object.js';

/** One Lease, with the API server's rules for it: resourceVersion, 404, 409. */
export interface LeaseStore {
  readonly client: Pick<Client, 'get' | 'create' | 'update'>;
  /** As it is stored; undefined: there is none. */
  lease: KubeObject | undefined;
  /** Every request fails so, until it is undefined again. */
  fault: KubeErrorKind | undefined;
  /** Requests are neither carried out nor answered until the caller gives up. */
  mute: boolean;
  /** `get`, `create`, `update a`, `update` (released): in order. */
  readonly log: string[];
  /** Changes the spec as somebody else would. */
  edit(spec: Record<string, unknown>): void;
}

export function leaseStore(): LeaseStore {
  let version = 0;

  function store(lease: KubeObject): Promise<KubeObject> {
    version += 1;
    lastLease = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(version) } };
    return Promise.resolve(lastLease);
  }

  async function admit(entry: string, signal: AbortSignal | undefined): Promise<void> {
    log.push(entry);
    if (self.mute) {
      await new Promise<void>((resolve) => {
        signal?.addEventListener('abort', () => {
          resolve();
        });
        if (signal === undefined) resolve();
      });
      throw new KubeError('mute', {
        kind: signal?.aborted === true ? 'aborted' : 'timeout',
        effect: 'unknown',
      });
    }
    if (self.fault !== undefined) throw new KubeError('fault', { kind: self.fault });
  }

  const holderOf = (lease: unknown) => (lease as { spec: { holderIdentity: string } }).spec.holderIdentity;
  const log: string[] = [];
  let lastLease: KubeObject | undefined;
  const self: LeaseStore = {
    log,
    fault: undefined,
    mute: false,
    get lease() {
      return lastLease;
    },
    set lease(lease) {
      lastLease = lease;
    },
    edit(spec) {
      void store({ ...lastLease!, spec: { ...(lastLease!['spec'] as object), ...spec } as never });
    },
    client: {
      async get(_, __, options) {
        await admit('get', options?.signal);
        if (lastLease === undefined) throw new KubeError('none', { kind: 'not-found' });
        return lastLease;
      },
      async create(_, __, body, options) {
        await admit(`create ${holderOf(body)}`.trim(), options?.signal);
        if (lastLease !== undefined) throw new KubeError('exists', { kind: 'conflict' });
        return store(body as KubeObject);
      },
      async update(_, __, body, options) {
        await admit(`update ${holderOf(body)}`.trim(), options?.signal);
        const lease = body as KubeObject;
        if (lastLease === undefined) throw new KubeError('none', { kind: 'not-found' });
        if (lease.metadata.resourceVersion !== lastLease.metadata.resourceVersion) {
          throw new KubeError('changed', { kind: 'conflict' });
        }
        return store(lease);
      },
    },
  };
  return self;
}
