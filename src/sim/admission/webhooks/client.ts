import { Agent, request } from 'undici';
import type { Json } from '../../../objects/json.js';
import type { Core } from '../../api/call.js';
import type { ClientConfig, Hook } from './hook.js';
import { addressOf } from './service.js';

/** The webhook could not be asked or gave no answer: covered by the failure policy. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
}

/** Idle connections are kept this long, as Go's transport of the API server keeps them. */
const keepAliveMs = 90_000;

/** Calls webhooks over HTTPS/1.1 and keeps the connections. */
export class WebhookClient {
  readonly #agents = new Map<string, Agent>();

  /**
   * @param timeoutMs until the call is given up; rounded up to seconds, the webhook gets it as `?timeout=`
   * @throws CallFailed
   */
  async post(core: Core, hook: Hook, review: Json, timeoutMs: number): Promise<Json> {
    const url = new URL(urlOf(hook.client));
    url.searchParams.set('timeout', `${Math.ceil(timeoutMs / 1000)}s`);
    const abort = new AbortController();
    const cancel = core.clock.after(timeoutMs, () => {
      abort.abort();
    });
    try {
      const target = targetOf(core, hook.client, url);
      return await send(target.url, this.#agentOf(hook.client, target), review, abort.signal);
    } catch (error) {
      if (error instanceof CallFailed) throw error;
      throw new CallFailed(`Post "${url.href}": ${reasonOf(error, abort.signal)}`);
    } finally {
      cancel();
    }
  }

  close(): void {
    for (const agent of this.#agents.values()) void agent.destroy();
    this.#agents.clear();
  }

  #agentOf({ caBundle }: ClientConfig, { url, servername }: Target): Agent {
    const key = `${url.origin} ${servername ?? ''} ${caBundle}`;
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    const connect = {
      ...(caBundle === '' ? {} : { ca: caBundle }),
      ...(servername === undefined ? {} : { servername }),
    };
    const agent = new Agent({
      connect,
      allowH2: false,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#agents.set(key, agent);
    return agent;
  }
}

interface Target {
  readonly url: URL;
  /** For SNI and the name check: `<service>.<namespace>.svc`. */
  readonly servername: string | undefined;
}

/** As the API server writes it, in errors too. */
const urlOf = ({ url, service }: ClientConfig): string =>
  service === undefined
    ? url
    : `https://${service.name}.${service.namespace}.svc:${service.port}${service.path}`;

function targetOf(core: Core, { service }: ClientConfig, url: URL): Target {
  if (service === undefined) return { url, servername: undefined };
  return {
    url: new URL(`${url.pathname}${url.search}`, addressOf(core.store, service)),
    servername: url.hostname,
  };
}

async function send(url: URL, dispatcher: Agent, review: Json, signal: AbortSignal): Promise<Json> {
  const answer = await request(url, {
    method: 'POST',
    dispatcher,
    signal,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'tidegate-box-admission',
    },
    body: JSON.stringify(review),
  });
  const text = await answer.body.text();
  if (answer.statusCode < 200 || answer.statusCode > 206) {
    throw new CallFailed(`the server responded with status ${answer.statusCode}: ${text.slice(0, 200)}`);
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new CallFailed("couldn't get version/kind; json parse error");
  }
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'context deadline exceeded';
  return error instanceof Error ? error.message : String(error);
}
