import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCache, type Cacheable, type Change } from '../../../src/kube/cache.js';
import { objectKey } from '../../../src/kube/object.js';

interface Item extends Cacheable {
  readonly node: string;
  readonly rank: number;
}

const item = (namespace: string, name: string, node = '', rank = 0): Item => ({
  namespace,
  name,
  node,
  rank,
});
const byNode = { node: (one: Item) => one.node };

describe('createCache', () => {
  it('finds by key, index and namespace what a plain list would, whatever was put and removed', () => {
    const key = fc.record({ namespace: fc.constantFrom('', 'x', 'y'), name: fc.constantFrom('a', 'b', 'c') });
    const put = fc.tuple(fc.constant('put' as const), key, fc.constantFrom('', 'n1', 'n2'), fc.nat(3));
    const remove = fc.tuple(fc.constant('remove' as const), key, fc.constant(''), fc.constant(0));
    fc.assert(
      fc.property(fc.array(fc.oneof(put, remove)), (steps) => {
        const cache = createCache<Item, 'node'>({ indexes: byNode });
        let model: Item[] = [];
        for (const [step, { namespace, name }, node, rank] of steps) {
          model = model.filter((one) => one.namespace !== namespace || one.name !== name);
          if (step === 'put') {
            const next = item(namespace, name, node, rank);
            cache.put(next);
            model.push(next);
          } else cache.remove(objectKey(namespace, name));
        }
        const names = (items: Iterable<Item>) =>
          [...items].map((one) => `${one.namespace}/${one.name}=${one.rank}`).sort();
        expect(cache.size).toBe(model.length);
        expect(names(cache.values())).toEqual(names(model));
        expect([...cache.keys()].sort()).toEqual(
          model.map((one) => objectKey(one.namespace, one.name)).sort(),
        );
        for (const one of model) expect(cache.get(objectKey(one.namespace, one.name))).toBe(one);
        for (const node of ['n1', 'n2', 'n3']) {
          const wanted = model.filter((one) => one.node === node);
          expect(names(cache.by('node', node))).toEqual(names(wanted));
          expect(cache.countBy('node', node)).toBe(wanted.length);
        }
        for (const namespace of ['', 'x', 'y']) {
          expect(names(cache.inNamespace(namespace))).toEqual(
            names(model.filter((one) => one.namespace === namespace)),
          );
        }
      }),
    );
  });

  it('does not index an empty value', () => {
    const cache = createCache<Item, 'node'>({ indexes: byNode });
    cache.put(item('x', 'a'));
    expect(cache.by('node', '')).toEqual([]);
  });

  it('tells listeners what was before and what is after', () => {
    const cache = createCache<Item, never>({ indexes: {} });
    const changes: Change<Item>[] = [];
    const end = cache.subscribe((change) => changes.push(change));
    const [one, two] = [item('x', 'a', '', 1), item('x', 'a', '', 2)];
    cache.put(one);
    cache.put(two);
    cache.remove(objectKey('x', 'a'));
    cache.remove(objectKey('x', 'a'));
    end();
    cache.put(one);
    const key = 'x/a';
    expect(changes).toEqual([
      { key, after: one },
      { key, before: one, after: two },
      { key, before: two },
    ]);
  });

  it('is up to date when it tells', () => {
    const cache = createCache<Item, 'node'>({ indexes: byNode });
    const counts: number[] = [];
    cache.subscribe(() => counts.push(cache.countBy('node', 'n1')));
    cache.put(item('x', 'a', 'n1'));
    cache.put(item('x', 'a', 'n2'));
    expect(counts).toEqual([1, 0]);
  });

  it('tells the other listeners when one throws, and says so', () => {
    const errors: unknown[] = [];
    const told: string[] = [];
    const cache = createCache<Item, never>({ indexes: {}, onListenerError: (error) => errors.push(error) });
    cache.subscribe(() => {
      throw new Error('broken');
    });
    cache.subscribe(({ key }) => told.push(key));
    cache.put(item('x', 'a'));
    expect([told, errors]).toEqual([['x/a'], [new Error('broken')]]);
  });

  it('keeps the old one, silently, when the new one says the same', () => {
    const cache = createCache<Item, never>({ indexes: {}, isSame: (a, b) => a.rank === b.rank });
    const first = item('x', 'a', '', 1);
    cache.put(first);
    let told = 0;
    cache.subscribe(() => (told += 1));
    cache.put(item('x', 'a', '', 1));
    expect(cache.get(objectKey('x', 'a'))).toBe(first);
    cache.put(item('x', 'a', '', 2));
    expect(told).toBe(1);
  });

  it('may be changed while it is read', () => {
    const cache = createCache<Item, 'node'>({ indexes: byNode });
    for (const name of ['a', 'b', 'c']) cache.put(item('x', name, 'n1'));
    let read = 0;
    for (const one of cache.values()) {
      cache.put(item('x', one.name, 'n2'));
      read += 1;
    }
    for (const one of cache.by('node', 'n2')) cache.remove(objectKey('x', one.name));
    expect([read, cache.size]).toEqual([3, 0]);
  });
});
