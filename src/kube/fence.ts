import type { CallOptions, Client } from './client.js';
import { KubeError } from './errors.js';
import type { Term } from './lease.js';

/**
 * A client whose writes end with a term of office: none begins when the term is over, and those under way are cut.
 * Reads go on.
 *
 * @throws KubeError `aborted` from every write when the term is over
 */
export function fence(client: Client, term: Pick<Term, 'signal' | 'isValid'>): Client {
  function within<T extends CallOptions>(options: T | undefined): T {
    if (!term.isValid()) {
      throw new KubeError('the lease is lost: nothing is written any more', { kind: 'aborted' });
    }
    const own = options?.signal;
    const signal = own === undefined ? term.signal : AbortSignal.any([own, term.signal]);
    return { ...options, signal } as T;
  }

  // Async, so that the refusal is a rejection like every other.
  return {
    ...client,
    create: async (resource, target, body, options) => client.create(resource, target, body, within(options)),
    update: async (resource, target, body, options) => client.update(resource, target, body, within(options)),
    patch: async (resource, target, patch, options) => client.patch(resource, target, patch, within(options)),
    delete: async (resource, target, options) => client.delete(resource, target, within(options)),
  };
}
