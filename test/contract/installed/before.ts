import { pooled } from '../../support/installed/pooled.js';
import type { Api, Parsed } from '../cluster/behaviour.js';
import type { Sample } from './shapes.js';

/** CronJobs as they were before anything of tidegate touched them. */
export interface Before {
  readonly count: number;
  /** Those of some namespaces that are otherwise now, the first three with both texts. */
  readonly different: (namespaces: readonly string[]) => Promise<readonly string[]>;
  /** How many of some namespaces carry a placement. */
  readonly placed: (namespaces: readonly string[]) => Promise<number>;
}

const collection = (namespace: string) => `/apis/batch/v1/namespaces/${namespace}/cronjobs`;

/** Creates them, and remembers what the API server made of each. */
export async function createBefore(api: Api, samples: readonly Sample[]): Promise<Before> {
  const texts = new Map<string, string>();
  await pooled(16, samples, async ({ namespace, object }) => {
    const { status, body } = await api.post(`${collection(namespace)}?fieldValidation=Strict`, object);
    if (status !== 201) throw new Error(`${object.metadata.name}: ${JSON.stringify(body)}`);
    texts.set(String(body.metadata.uid), contentOf(body));
  });
  return {
    count: texts.size,
    different: async (namespaces) => {
      const found: string[] = [];
      for await (const now of cronJobsOf(api, namespaces)) {
        const before = texts.get(String(now.metadata.uid)) ?? 'not there';
        if (before !== contentOf(now)) found.push(`${before}\n${contentOf(now)}`);
      }
      return found.map((text, i) => (i < 3 ? text : ''));
    },
    placed: async (namespaces) => {
      let count = 0;
      for await (const { metadata } of cronJobsOf(api, namespaces))
        if (metadata.annotations?.['tidegate.io/placement'] !== undefined) count += 1;
      return count;
    },
  };
}

export async function* cronJobsOf(api: Api, namespaces: readonly string[]): AsyncGenerator<Parsed> {
  for (const namespace of namespaces) {
    let token = '';
    do {
      const { body } = await api.get(
        `${collection(namespace)}?limit=500&continue=${encodeURIComponent(token)}`,
      );
      yield* body.items;
      token = body.metadata.continue ?? '';
    } while (token !== '');
  }
}

/** All but what every write changes; items of a list leave their type out. */
function contentOf({ metadata, ...rest }: Parsed): string {
  const own = { ...metadata, resourceVersion: '', generation: 0, managedFields: [] };
  return JSON.stringify({ ...rest, apiVersion: 'batch/v1', kind: 'CronJob', metadata: own }, sorted);
}

const sorted = (_key: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
