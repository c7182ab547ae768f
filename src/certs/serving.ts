import { messageOf } from '../errors.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import type { CertificateMetrics } from '../telemetry/metrics.js';
import { readCertificates, watchCertificates, type CertificateFiles, type Certificates } from './source.js';

export interface ServingDeps {
  readonly files: CertificateFiles;
  /** How often the files are read, in milliseconds. */
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: CertificateMetrics;
}

/** A server's certificates, with what a person is told of them. */
export interface ServingCertificates {
  readonly current: () => Certificates;
  /** What is wrong with the newest files, while `current` serves. */
  readonly fault: () => string | undefined;
  /** Follows the files until `signal` aborts. `use` may throw: then the change is refused and what served goes on. */
  follow(use: (certificates: Certificates) => void, signal: AbortSignal): Promise<void>;
}

/** @throws AppError as `readCertificates`: without a first pair there is nothing to serve. */
export async function openCertificates(deps: ServingDeps): Promise<ServingCertificates> {
  const { metrics, log } = deps;
  let current = await readCertificates(deps.files);
  let fault: string | undefined;
  // Else the first that is refused would be no increase.
  for (const result of ['loaded', 'refused']) metrics.reloads.inc({ result }, 0);
  announce(deps, current);
  return {
    current: () => current,
    fault: () => fault,
    follow: (use, signal) =>
      watchCertificates({
        ...deps,
        current,
        signal,
        onChange: (next) => {
          use(next);
          current = next;
          fault = undefined;
          metrics.reloads.inc({ result: 'loaded' });
          log.info({ until: isoDate(next.expiry.serving) }, 'certificates renewed');
          announce(deps, next);
        },
        onFault: (error) => {
          fault = messageOf(error);
          metrics.reloads.inc({ result: 'refused' });
          log.error({ error: fault }, 'new certificates refused, the old ones serve');
        },
      }),
  };
}

function announce({ clock, log, metrics }: ServingDeps, { expiry }: Certificates): void {
  const roles = { serving: expiry.serving, 'client-ca': expiry.clientCa };
  for (const [role, end] of Object.entries(roles)) {
    if (end === undefined) continue;
    metrics.expiry.set({ role }, end / 1000);
    if (end < clock.now()) log.error({ role, until: isoDate(end) }, 'certificate has expired');
  }
}

const isoDate = (ms: number): string => new Date(ms).toISOString();
