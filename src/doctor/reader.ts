import type { Client } from '../kube/client.js';
import { kindOf } from '../kube/errors.js';
import type { KubeObject } from '../kube/object.js';
import { pages } from '../kube/pages.js';
import type { ListQuery } from '../kube/query.js';
import { pathOf, type Resource, type Target } from '../kube/resource.js';

/** What checks ask the API server, each thing once: several of them look at the same object. */
export interface Reader {
  readonly client: DoctorClient;
  /** Undefined: there is no such object, or no such kind. @throws {KubeError} */
  get(resource: Resource, target: Target): Promise<KubeObject | undefined>;
  /** All pages. Undefined: there is no such kind. @throws {KubeError} */
  list(resource: Resource, query?: Query): Promise<readonly KubeObject[] | undefined>;
}

export type DoctorClient = Pick<Client, 'get' | 'list' | 'create' | 'version'>;

type Query = Omit<ListQuery, 'limit' | 'continue'>;

export function createReader(client: DoctorClient): Reader {
  const answers = new Map<string, Promise<unknown>>();
  function once<T>(question: string, ask: () => Promise<T>): Promise<T | undefined> {
    const known = answers.get(question) as Promise<T | undefined> | undefined;
    const answer = known ?? unlessAbsent(ask());
    answers.set(question, answer);
    return answer;
  }
  return {
    client,
    get: (resource, target) => once(pathOf(resource, target), () => client.get(resource, target)),
    list: (resource, query = {}) =>
      once(`${pathOf(resource)} ${JSON.stringify(query)}`, () => readAll(client, resource, query)),
  };
}

async function readAll(client: DoctorClient, resource: Resource, query: Query) {
  const objects: KubeObject[] = [];
  for await (const object of pages(client, resource, query)) objects.push(object);
  return objects;
}

async function unlessAbsent<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (kindOf(error) === 'not-found') return undefined;
    throw error;
  }
}
