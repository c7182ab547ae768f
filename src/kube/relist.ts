import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Client } from './client.js';
import { keyOf, type KubeObject, type ObjectKey } from './object.js';
import type { Page } from './parse.js';
import type { ListQuery } from './query.js';
import type { Resource } from './resource.js';

export interface RelistDeps {
  readonly client: Pick<Client, 'list'>;
  readonly resource: Resource;
  readonly query: Omit<ListQuery, 'limit' | 'continue' | 'resourceVersion'>;
  readonly pageSize: number;
  /** Takes one object; true where it is kept. Must not throw. */
  readonly take: (object: KubeObject) => boolean;
  readonly keys: () => Iterable<ObjectKey>;
  readonly remove: (key: ObjectKey) => void;
  /** Called after each page. */
  readonly onPage: () => void;
  readonly signal: AbortSignal;
}

/**
 * The whole list, page by page: each is parsed, handed on and dropped before the next is asked for, and the event
 * loop turns in between. Then all that the list did not name is removed.
 *
 * @returns the list's resourceVersion. @throws KubeError; what was taken until then stays taken
 */
export async function relist(deps: RelistDeps): Promise<string> {
  const { client, resource, query, signal } = deps;
  const named = new Set<ObjectKey>();
  let limit = deps.pageSize;
  let page: Page | undefined;
  do {
    const token: ListQuery = page?.continue === undefined ? {} : { continue: page.continue };
    page = await client.list(resource, { ...query, ...token, limit }, { signal });
    for (const object of page.items) if (deps.take(object)) named.add(keyOf(object));
    deps.onPage();
    limit = nextLimit(limit, page);
    await nextTurn();
  } while (page.continue !== undefined);
  await sweep(deps, named);
  return page.resourceVersion;
}

/** A page this long takes 10 to 20 ms to parse. */
const longestPage = 2_000_000;

/** Large objects come in smaller pages: nothing else happens while one is parsed. */
function nextLimit(limit: number, page: Page): number {
  return page.length > longestPage ? Math.max(1, Math.floor(limit / 2)) : limit;
}

const sweepSlice = 5000;

async function sweep(deps: RelistDeps, named: ReadonlySet<ObjectKey>): Promise<void> {
  let looked = 0;
  for (const key of deps.keys()) {
    if (!named.has(key)) deps.remove(key);
    looked += 1;
    if (looked % sweepSlice === 0) await nextTurn();
  }
}
