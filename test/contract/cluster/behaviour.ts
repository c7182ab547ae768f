import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Cluster } from '../../support/cluster.js';

/** Whatever came: a behaviour says what it expects of it. */
export type Parsed = ReturnType<typeof JSON.parse>;

export interface Answer {
  readonly status: number;
  readonly body: Parsed;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

type Headers = Readonly<Record<string, string>>;

export interface WatchOptions {
  /** The watch's own timeout. Default 5. */
  readonly seconds?: number;
  /** Ends after so many events. */
  readonly count?: number;
  readonly headers?: Headers;
}

/** A plain HTTP client of the cluster: nothing of ours stands between a behaviour and the API server. */
export interface Api {
  readonly cluster: Cluster;
  get(path: string, headers?: Headers): Promise<Answer>;
  post(path: string, body: unknown, headers?: Headers): Promise<Answer>;
  put(path: string, body: unknown): Promise<Answer>;
  delete(path: string, body?: unknown): Promise<Answer>;
  patch(type: keyof typeof patches, path: string, body: unknown): Promise<Answer>;
  /** The events of a watch until it ends. */
  events(path: string, options?: WatchOptions): Promise<Parsed[]>;
  /** A new namespace; answers its name. */
  namespace(labels?: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
}

const patches = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export function apiOf(cluster: Cluster): Api {
  const dispatcher = new Agent({ connect: cluster.caBundle === '' ? {} : { ca: cluster.caBundle } });
  const authorization = `Bearer ${cluster.token}`;
  const send = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Headers = {},
  ): Promise<Answer> => {
    const answer = await request(`${cluster.url}${path}`, {
      method: method as 'GET',
      dispatcher,
      headers: {
        authorization,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    const parsed: Parsed = text.startsWith('{') ? JSON.parse(text) : text;
    return { status: answer.statusCode, headers: answer.headers, body: parsed };
  };
  return {
    cluster,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    put: (path, body) => send('PUT', path, body),
    delete: (path, body) => send('DELETE', path, body),
    patch: (type, path, body) => send('PATCH', path, body, { 'content-type': patches[type] }),
    events: (path, options) => watch(dispatcher, cluster, path, options),
    namespace: async (labels = {}) => {
      const name = unique('ns');
      await send('POST', '/api/v1/namespaces', { metadata: { name, labels } });
      return name;
    },
    close: () => dispatcher.destroy(),
  };
}

async function watch(
  dispatcher: Agent,
  cluster: Cluster,
  path: string,
  { seconds = 5, count = Infinity, headers = {} }: WatchOptions = {},
): Promise<Parsed[]> {
  const url = `${cluster.url}${path}${path.includes('?') ? '&' : '?'}watch=1&timeoutSeconds=${seconds}`;
  const answer = await request(url, {
    dispatcher,
    headers: { authorization: `Bearer ${cluster.token}`, accept: 'application/json', ...headers },
  });
  const found: Parsed[] = [];
  let rest = '';
  for await (const chunk of answer.body.setEncoding('utf8')) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event: Parsed = JSON.parse(line);
      if (event.kind === 'Status') throw new Error(`${url}: ${line}`);
      found.push(event);
    }
    if (found.length >= count) break;
  }
  return found.slice(0, count);
}

/** A name that nothing else has. */
export const unique = (prefix: string): string => `${prefix}-${randomBytes(5).toString('hex')}`;

/** What a behaviour needs of a cluster. */
export type Need = 'controllers' | 'forget' | 'webhooks';

/** Declares a behaviour: one sentence in the present tense, and what shows it. */
export type Declare = (
  sentence: string,
  show: (api: Api) => Promise<void>,
  need?: Need | readonly Need[],
) => void;

export interface Area {
  readonly area: string;
  readonly behaviours: (declare: Declare) => void;
}

/** Waits until there is an answer; fails naming what it waited for. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited 20 s for: ${what}`);
    await sleep(50);
  }
}

/** Status code and reason of a refusal. */
export const refusal = ({ status, body }: Answer): readonly [number, string | undefined] => [
  status,
  body.reason as string | undefined,
];
