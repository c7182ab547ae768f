import { describe, expect, it } from 'vitest';
import { objectKey, type ObjectKey } from '../../../src/kube/object.js';
import { relist } from '../../../src/kube/relist.js';
import { resources } from '../../../src/kube/resource.js';
import { pod } from '../../support/kube.js';

/** A server of so many pods that answers without ever leaving the turn of the event loop. */
function served(count: number) {
  return {
    list: (_: unknown, query: { limit?: number; continue?: string } = {}) => {
      const from = Number(query.continue ?? 0);
      const end = Math.min(count, from + (query.limit ?? count));
      const items = Array.from({ length: end - from }, (__, i) => pod(`p${from + i}`));
      const page = { items, resourceVersion: '7', length: 1000 };
      return Promise.resolve(end < count ? { ...page, continue: String(end) } : page);
    },
  };
}

const deps = {
  resource: resources.pods,
  query: {},
  pageSize: 10,
  take: () => true,
  keys: (): ObjectKey[] => [],
  remove: () => undefined,
  onPage: () => undefined,
  signal: new AbortController().signal,
};

describe('relist', () => {
  it('lets the event loop turn after each page, even where the answer was there at once', async () => {
    let taken = 0;
    const perTurn: number[] = [];
    let done = false;
    const tick = () => {
      if (taken > 0) perTurn.push(taken);
      taken = 0;
      if (!done) setImmediate(tick);
    };
    setImmediate(tick);
    const take = () => {
      taken += 1;
      return true;
    };
    expect(await relist({ ...deps, client: served(35), take })).toBe('7');
    done = true;
    expect(perTurn.concat(taken).filter((count) => count > 0)).toEqual([10, 10, 10, 5]);
  });

  it('lets the event loop turn while it looks for what has vanished', async () => {
    const old = Array.from({ length: 20_000 }, (_, i) => objectKey('old', `p${i}`));
    let removed = 0;
    let most = 0;
    let done = false;
    const tick = () => {
      most = Math.max(most, removed);
      removed = 0;
      if (!done) setImmediate(tick);
    };
    setImmediate(tick);
    const remove = () => {
      removed += 1;
    };
    await relist({ ...deps, client: served(0), keys: () => old, remove });
    done = true;
    expect(most).toBe(5000);
  });

  it('removes what was not named, and what was named but is not kept', async () => {
    const removed: ObjectKey[] = [];
    const keys = () => ['default/p0', 'default/p1', 'default/gone'] as ObjectKey[];
    await relist({
      ...deps,
      client: served(2),
      take: ({ metadata }) => metadata.name !== 'p1',
      keys,
      remove: (key) => removed.push(key),
    });
    expect(removed).toEqual(['default/p1', 'default/gone']);
  });
});
