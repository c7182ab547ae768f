import type { Clock } from '../telemetry/clock.js';

/** What a breaker stands for. */
export const breakerScopes = ['node', 'zone', 'provider'] as const;
export type BreakerScope = (typeof breakerScopes)[number];

export const breakerStates = ['closed', 'half-open', 'open'] as const;
export type BreakerState = (typeof breakerStates)[number];

export interface BreakerStanding {
  readonly scope: BreakerScope;
  readonly name: string;
  readonly state: BreakerState;
  /** Failures in a row. */
  readonly failures: number;
  /** The last of them. */
  readonly because: string;
}

export interface Breaker {
  readonly standing: BreakerStanding;
  /** Whether a pod may be bound there now. */
  admits(): boolean;
  /** A pod is being bound there: when half-open, it is the probe. */
  begin(): void;
  succeeded(boundAt: number): void;
  failed(failure: CountedFailure): void;
  /** The probe will tell nothing: its pod is gone. */
  lost(): void;
}

export interface CountedFailure {
  /** On the monotonic clock. */
  readonly boundAt: number;
  readonly because: string;
  readonly node: string;
  /** It counts as so many in a row. */
  readonly weight: number;
}

/**
 * Failures in a row that open it, and of how many nodes. A zone or a provider is given up later than a node, and never
 * for one node alone: that may be broken by itself.
 */
const thresholds: Readonly<Record<BreakerScope, { readonly failures: number; readonly nodes: number }>> = {
  node: { failures: 3, nodes: 1 },
  zone: { failures: 6, nodes: 2 },
  provider: { failures: 10, nodes: 2 },
};

/** How long it stays open: doubled each time that the probe fails. */
const openMs = { first: 30_000, most: 300_000 };

/** A probe that tells nothing for so long is taken for failed by others; then another may go. */
const probeMs = 120_000;

export interface BreakerDeps {
  readonly scope: BreakerScope;
  readonly name: string;
  readonly clock: Clock;
  readonly onChange: (standing: BreakerStanding) => void;
}

/** Closed until too much fails in a row; then open for a time; then one probe decides. */
export function createBreaker({ scope, name, clock, onChange }: BreakerDeps): Breaker {
  let state: BreakerState = 'closed';
  let failures = 0;
  const failing = new Set<string>();
  let because = '';
  let openings = 0;
  let since = clock.monotonic();
  let probeAt: number | undefined;

  const standing = (): BreakerStanding => ({ scope, name, state, failures, because });

  function become(next: BreakerState): void {
    state = next;
    since = clock.monotonic();
    probeAt = undefined;
    onChange(standing());
  }

  function open(): void {
    const ms = Math.min(openMs.most, openMs.first * 2 ** openings);
    openings += 1;
    become('open');
    const opened = since;
    clock.after(ms, () => {
      if (state === 'open' && since === opened) become('half-open');
    });
  }

  return {
    get standing() {
      return standing();
    },
    admits() {
      if (state !== 'half-open') return state === 'closed';
      return probeAt === undefined || clock.monotonic() - probeAt > probeMs;
    },
    begin() {
      if (state === 'half-open') probeAt = clock.monotonic();
    },
    succeeded(boundAt) {
      // What was bound before it opened says nothing of now.
      if (state === 'open' || (state === 'half-open' && boundAt < since)) return;
      failures = 0;
      failing.clear();
      if (state === 'closed') return;
      openings = 0;
      because = '';
      become('closed');
    },
    failed({ boundAt, because: why, node, weight }) {
      if (state === 'open' || (state === 'half-open' && boundAt < since)) return;
      failures += weight;
      failing.add(node);
      because = why;
      const threshold = thresholds[scope];
      const isTooMuch = failures >= threshold.failures && failing.size >= threshold.nodes;
      if (state === 'half-open' || isTooMuch) open();
    },
    lost() {
      probeAt = undefined;
    },
  };
}
