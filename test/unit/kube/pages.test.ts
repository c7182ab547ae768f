import { describe, expect, it } from 'vitest';
import type { Client } from '../../../src/kube/client.js';
import { KubeError } from '../../../src/kube/errors.js';
import { pages } from '../../../src/kube/pages.js';
import { resources } from '../../../src/kube/resource.js';

/** Pages by token; one that is not there is refused. */
function lister(known: Readonly<Record<string, { names: readonly string[]; next?: string }>>) {
  const asked: string[] = [];
  const list: Client['list'] = (_, { continue: token = '' } = {}) => {
    asked.push(token);
    const page = known[token];
    if (page === undefined) return Promise.reject(new KubeError('forgotten', { kind: 'gone' }));
    return Promise.resolve({
      items: page.names.map((name) => ({ metadata: { name } })),
      resourceVersion: '1',
      length: 0,
      ...(page.next === undefined ? {} : { continue: page.next }),
    });
  };
  return { asked, client: { list } };
}

describe('pages', () => {
  it('gives every object of every page, and asks for the next before one is looked at', async () => {
    const { asked, client } = lister({ '': { names: ['a', 'b'], next: 't' }, t: { names: ['c'] } });
    const seen: string[] = [];
    for await (const { metadata } of pages(client, resources.pods))
      seen.push(`${metadata.name ?? ''}, ${asked.length} asked`);
    expect(seen).toEqual(['a, 2 asked', 'b, 2 asked', 'c, 2 asked']);
  });

  it('fails with the page that the API server has forgotten, after what came before', async () => {
    const { client } = lister({ '': { names: ['a'], next: 'gone' } });
    const seen: unknown[] = [];
    const read = async () => {
      for await (const one of pages(client, resources.pods)) seen.push(one);
    };
    await expect(read()).rejects.toThrow('forgotten');
    expect(seen).toHaveLength(1);
  });

  it('leaves nothing to fail where somebody has seen enough', async () => {
    const { client } = lister({ '': { names: ['a'], next: 'gone' } });
    for await (const one of pages(client, resources.pods)) {
      expect(one.metadata.name).toBe('a');
      break;
    }
    await new Promise((resolve) => setImmediate(resolve));
  });
});
