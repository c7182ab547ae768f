import { messageOf } from '../errors.js';
import type { Client } from '../kube/client.js';
import { kindOf } from '../kube/errors.js';
import { resources } from '../kube/resource.js';
import { systemClock, systemRandom } from '../telemetry/clock.js';
import type { TrustStatus } from '../webhook/readiness.js';
import { createTrust } from '../webhook/trust.js';

/** How often the configuration is read; up to half as long again by jitter. */
const everyMs = 10_000;

/** Reads this webhook's own configuration time and again until the signal aborts. */
export function followTrust(deps: {
  readonly client: Client;
  readonly name: string;
  /** PEM of what serves now. */
  readonly serving: () => string;
  readonly signal: AbortSignal;
}): { readonly status: () => TrustStatus; readonly ended: Promise<void> } {
  const { client, name, serving, signal } = deps;
  const trust = createTrust(name);
  const read = async (): Promise<void> => {
    try {
      trust.read(await client.get(resources.mutatingWebhooks, { name }, { signal }), serving());
    } catch (error) {
      if (kindOf(error) === 'not-found') trust.read(undefined, serving());
      else trust.failed(messageOf(error));
    }
  };
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      await read();
      // Until it is trusted somebody waits for it.
      const wait = trust.status().trusted === true ? everyMs * (1 + systemRandom() / 2) : 1000;
      await systemClock.sleep(wait, signal);
    }
  };
  return { status: trust.status, ended: follow() };
}
