import type { Clock } from '../telemetry/clock.js';
import type { WebhookServer } from './server.js';

export interface DrainOptions {
  readonly webhook: WebhookServer;
  readonly clock: Clock;
  /** How long it goes on as before, in milliseconds: until every proxy has heard that the pod is not ready. */
  readonly lameDuckMs: number;
  /** Aborts when there is no more time: closes at once. */
  readonly hurry: AbortSignal;
}

/**
 * How long, after the lame duck, each answer ends its connection before those that stay idle are closed. A connection
 * that is closed while a request is on its way fails that request: Go does not send a POST again.
 */
const partingMs = 2_000;

/** How long open requests have to end. All in all it stays below the 30 s that kubelet gives a pod by default. */
const closingMs = 10_000;

/** Ends a server without a failed request. Readiness is to fail before this is called. */
export async function drain({ webhook, clock, lameDuckMs, hurry }: DrainOptions): Promise<void> {
  await clock.sleep(lameDuckMs, hurry);
  webhook.endConnections();
  await clock.sleep(partingMs, hurry);
  await new Promise<void>((resolve) => {
    const giveUp = clock.after(closingMs, () => {
      webhook.server.closeAllConnections();
    });
    // Takes no more connections, closes the idle ones, waits for the others.
    webhook.server.close(() => {
      giveUp();
      resolve();
    });
    if (hurry.aborted) webhook.server.closeAllConnections();
  });
}
