import type { Clock } from '../telemetry/clock.js';
import type { Acceptance } from '../providers/provider.js';

/** How soon a virtual node would begin with one more pod, as far as its queue tells. */
export interface StartUp {
  /** Milliseconds that one more pod waits for its turn. */
  waitMs(): number;
  /** Pods in its queue by the model: what ranks nodes whose next pod would not wait. */
  level(): number;
  /** One more pod is on its way there. */
  bound(): void;
  /** Its kubelet took one. */
  accepted(): void;
  /** One that it had not taken will not come any more. */
  gone(): void;
  /** Pods that it has not taken yet. */
  readonly outstanding: number;
  /** Pods a second, learned. */
  readonly perSecond: number;
}

/** What is measured counts as much as seven tenths of what was believed. */
const newsShare = 0.3;
/** A rate is read off windows in which the node was busy from begin to end. */
const windowMs = 5000;
/** Learned rates stay within this factor of the preset's: a node that is down is the breaker's affair. */
const farthest = 10;

/**
 * The token bucket of a virtual kubelet (burst, then so many a second) and what it has not taken yet, whichever is
 * worse. The rate is learned from what it really takes while it has work.
 */
export function createStartUp(
  { burst, perSecond: preset }: Pick<Acceptance, 'burst' | 'perSecond'>,
  clock: Clock,
): StartUp {
  let perSecond = preset;
  let level = 0;
  let at = clock.monotonic();
  let outstanding = 0;
  let window = { since: at, taken: 0 };

  function drained(): number {
    const now = clock.monotonic();
    level = Math.max(0, level - ((now - at) / 1000) * perSecond);
    at = now;
    return level;
  }

  function learn(): void {
    const now = clock.monotonic();
    const seconds = (now - window.since) / 1000;
    if (seconds * 1000 < windowMs) return;
    // The burst is over when more wait than it holds.
    if (outstanding > 0 && window.taken > 0) {
      const measured = perSecond * (1 - newsShare) + (window.taken / seconds) * newsShare;
      perSecond = Math.min(preset * farthest, Math.max(preset / farthest, measured));
    }
    window = { since: now, taken: 0 };
  }

  function startWindow(): void {
    if (outstanding === 0) window = { since: clock.monotonic(), taken: 0 };
  }

  return {
    waitMs: () => (Math.max(0, Math.max(drained(), outstanding) + 1 - burst) / perSecond) * 1000,
    level: () => Math.max(drained(), outstanding),
    bound() {
      startWindow();
      level = drained() + 1;
      outstanding += 1;
    },
    accepted() {
      outstanding = Math.max(0, outstanding - 1);
      window.taken += 1;
      learn();
    },
    gone() {
      outstanding = Math.max(0, outstanding - 1);
    },
    get outstanding() {
      return outstanding;
    },
    get perSecond() {
      return perSecond;
    },
  };
}
