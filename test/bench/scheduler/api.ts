import { Agent, request, type Dispatcher } from 'undici';

/** Where an API server is, and as whom it is spoken to. */
export interface Access {
  readonly url: string;
  readonly token: string;
  readonly caBundle: string;
}

/** A plain HTTP client of it, over connections of its own. */
export interface Http {
  /** @throws where the answer is none of `fine`. */
  readonly send: (
    method: Dispatcher.HttpMethod,
    path: string,
    body?: string,
    fine?: readonly number[],
  ) => Promise<string>;
  /** What happened since a resourceVersion, a line an event; without end. `path` ends with `?` or `&`. */
  readonly events: (path: string, since: string) => AsyncGenerator<string>;
}

export function httpOf({ url, token, caBundle }: Access, connections: number): Http {
  const dispatcher = new Agent({
    connect: { ca: caBundle },
    connections,
    allowH2: false,
    bodyTimeout: 0,
    headersTimeout: 0,
  });
  const headers = (type: string) => ({ authorization: `Bearer ${token}`, 'content-type': type });
  async function* lines(path: string): AsyncGenerator<string> {
    const { statusCode, body } = await request(`${url}${path}`, {
      dispatcher,
      headers: headers('application/json'),
    });
    if (statusCode !== 200) throw new Error(`${path}: ${statusCode} ${await body.text()}`);
    body.setEncoding('utf8');
    let rest = '';
    for await (const chunk of body as AsyncIterable<string>) {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      yield* parts;
    }
  }
  return {
    async send(method, path, body, fine = [200, 201]) {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const answer = await request(`${url}${path}`, {
        ...{ method, dispatcher, headers: headers(type) },
        ...(body === undefined ? {} : { body }),
      });
      const text = await answer.body.text();
      if (!fine.includes(answer.statusCode))
        throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
      return text;
    },
    async *events(path, since) {
      // An API server under load ends watches that cannot keep up: they go on where they were.
      for (let version = since; ;) {
        for await (const line of lines(`${path}watch=1&timeoutSeconds=7200&resourceVersion=${version}`)) {
          if (line.startsWith('{"type":"ERROR"')) throw new Error(line);
          version = versionIn(line);
          yield line;
        }
      }
    },
  };
}

/** The first is that of the list, or of the object that an event tells of. */
export const versionIn = (text: string): string => /"resourceVersion":\s*"(\d+)"/.exec(text)?.[1] ?? '';

/** `work` for each of `0 … count - 1`, so many at a time. */
export async function inParallel(
  count: number,
  atOnce: number,
  work: (i: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const some = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) await work(i);
  };
  await Promise.all(Array.from({ length: atOnce }, some));
}
