import { X509Certificate } from 'node:crypto';
import { isTrustedBy, servedWith } from '../certs/inspect.js';
import { ownEntries } from '../certs/ca-bundle.js';
import type { JsonObject } from '../objects/json.js';
import type { TrustStatus } from './readiness.js';

export interface Trust {
  readonly status: () => TrustStatus;
  /** What was read; undefined: there is no such configuration. `serving`: PEM of what serves now. */
  read(configuration: JsonObject | undefined, serving: string): void;
  /** The API server could not be asked: what was read last goes on to count. */
  failed(message: string): void;
}

export function createTrust(name: string): Trust {
  let status: TrustStatus = { trusted: undefined, fault: `configuration ${name} was not read yet` };
  return {
    status: () => status,
    read(configuration, serving) {
      const fault = faultOf(name, configuration, serving);
      status = { trusted: fault === undefined, fault };
    },
    failed(message) {
      status = { ...status, fault: message };
    },
  };
}

function faultOf(name: string, configuration: JsonObject | undefined, serving: string): string | undefined {
  if (configuration === undefined) return `there is no MutatingWebhookConfiguration ${name}`;
  const entries = ownEntries(configuration);
  if (entries.length === 0) return `configuration ${name} has no entry of tidegate's`;
  const leaf = new X509Certificate(serving);
  const others = servedWith(serving);
  const distrusting = entries.filter(({ caBundle }) => !isTrustedBy(leaf, caBundle, others));
  if (distrusting.length === 0) return undefined;
  const names = distrusting.map((entry) => entry.name).join(', ');
  return `the caBundle of ${names} in ${name} does not hold the authority of the serving certificate`;
}
