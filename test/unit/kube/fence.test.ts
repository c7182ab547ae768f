import { describe, expect, it } from 'vitest';
import type { Client } from '../../../src/kube/client.js';
import { fence } from '../../../src/kube/fence.js';
import { resources } from '../../../src/kube/resource.js';
import { failure, pod } from '../../support/kube.js';

const target = { namespace: 'x', name: 'a' };

function start() {
  const signals: (AbortSignal | undefined)[] = [];
  const term = new AbortController();
  const state = { valid: true };
  const note = (options?: { signal?: AbortSignal }) => {
    signals.push(options?.signal);
    return Promise.resolve(pod('a'));
  };
  const client: Client = {
    get: (_, __, options) => note(options),
    list: () => Promise.reject(new Error('not asked for')),
    watch: () => {
      throw new Error('not asked for');
    },
    create: (_, __, ___, options) => note(options),
    update: (_, __, ___, options) => note(options),
    patch: (_, __, ___, options) => note(options),
    delete: (_, __, options) => note(options),
    version: () => Promise.reject(new Error('not asked for')),
  };
  return { term, state, signals, fenced: fence(client, { signal: term.signal, isValid: () => state.valid }) };
}

const writes: readonly [string, (client: Client, options?: { signal: AbortSignal }) => Promise<unknown>][] = [
  ['create', (client, options) => client.create(resources.pods, target, {}, options)],
  ['update', (client, options) => client.update(resources.pods, target, {}, options)],
  ['patch', (client, options) => client.patch(resources.pods, target, { type: 'merge', body: {} }, options)],
  ['delete', (client, options) => client.delete(resources.pods, target, options)],
];

describe('fence', () => {
  it.each(writes)('refuses a %s when the term is over, though no signal has come yet', async (_, write) => {
    const { state, signals, fenced } = start();
    state.valid = false;
    expect((await failure(write(fenced))).kind).toBe('aborted');
    expect(signals).toEqual([]);
  });

  it.each(writes)('cuts a %s under way when the term ends', async (_, write) => {
    const { term, signals, fenced } = start();
    await write(fenced);
    term.abort();
    expect(signals[0]!.aborted).toBe(true);
  });

  it.each(writes)('cuts a %s by its own signal too', async (_, write) => {
    const { signals, fenced } = start();
    const own = new AbortController();
    await write(fenced, { signal: own.signal });
    own.abort();
    expect(signals[0]!.aborted).toBe(true);
  });

  it('lets reads through', async () => {
    const { state, fenced } = start();
    state.valid = false;
    await fenced.get(resources.pods, target);
  });
});
