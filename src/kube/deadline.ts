import type { Clock } from '../telemetry/clock.js';

/** A signal that aborts when the time is up or when another one does. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** The time was up: it was not the other signal. */
  readonly expired: boolean;
  /** The time is up so many milliseconds from now. Cheap enough for every event: the timer is left alone. */
  extend(ms: number): void;
  /** Ends it without aborting; to be called in every case. */
  clear(): void;
}

/** AbortSignal.any would keep an entry for every request on a signal that lives as long as the process. */
export function createDeadline(clock: Clock, ms: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let expiresAt = clock.monotonic() + ms;
  let firesAt = expiresAt;
  let cancel = clock.after(ms, check);
  let expired = false;

  function check(): void {
    const left = expiresAt - clock.monotonic();
    if (left > 0) {
      firesAt = expiresAt;
      cancel = clock.after(left, check);
      return;
    }
    expired = true;
    controller.abort(new Error('the time was up'));
  }

  const follow = () => {
    cancel();
    controller.abort(outer?.reason);
  };
  if (outer?.aborted === true) follow();
  else outer?.addEventListener('abort', follow, { once: true });

  return {
    signal: controller.signal,
    get expired() {
      return expired;
    },
    extend: (extraMs) => {
      expiresAt = clock.monotonic() + extraMs;
      if (expiresAt >= firesAt) return;
      cancel();
      firesAt = expiresAt;
      cancel = clock.after(extraMs, check);
    },
    clear: () => {
      cancel();
      outer?.removeEventListener('abort', follow);
    },
  };
}
