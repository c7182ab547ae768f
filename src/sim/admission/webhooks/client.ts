import { Agent, request } from 'undici';
import type { Json } from '../../../objects/json.js';
import type { Core } from '../../api/call.js';
import type { ServiceResolver } from '../chain.js';
import type { ClientConfig, Hook } from './hook.js';

/** The webhook could not be asked or gave no answer: covered by the failure policy. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
}

/** Idle connections are kept this long, as Go's transport of the API server keeps them. */
const keepAliveMs = 90_000;

/** Calls webhooks over HTTPS/1.1 and keeps the connections. */
export class WebhookClient {
  readonly #services: ServiceResolver;
  readonly #agents = new Map<string, Agent>();

  constructor(services: ServiceResolver) {
    this.#services = services;
  }

  /**
   * @param timeoutMs until the call is given up; rounded up to seconds, the webhook gets it as `?timeout=`
   * @throws CallFailed
   */
  async post(core: Core, hook: Hook, review: Json, timeoutMs: number): Promise<Json> {
    const target = this.#targetOf(hook.client);
    const url = new URL(target.url);
    url.searchParams.set('timeout', `${Math.ceil(timeoutMs / 1000)}s`);
    const abort = new AbortController();
    const cancel = core.clock.after(timeoutMs, () => {
      abort.abort();
    });
    try {
      return await send(url, this.#agentOf(hook.client, target), review, abort.signal);
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

  #targetOf({ url, service }: ClientConfig): Target {
    if (service === undefined) return { url, servername: undefined };
    const base = this.#services(service);
    const host = `${service.name}.${service.namespace}.svc`;
    if (base === undefined)
      throw new CallFailed(`could not get REST client: service "${host}" is not known to the box`);
    return { url: `${base}${service.path}`, servername: host };
  }

  #agentOf({ caBundle }: ClientConfig, { url, servername }: Target): Agent {
    const key = `${new URL(url).origin} ${servername ?? ''} ${caBundle}`;
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
  readonly url: string;
  /** For SNI and the name check: `<service>.<namespace>.svc`. */
  readonly servername: string | undefined;
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
