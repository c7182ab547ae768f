import type { Clock } from '../telemetry/clock.js';
import {
  createBreaker,
  type Breaker,
  type BreakerScope,
  type BreakerStanding,
  type BreakerState,
} from './breaker.js';
import type { SchedulerNode } from './node.js';

/** The breakers of every virtual node, of its zone and of its provider. */
export interface Breakers {
  /** Undefined: it may be bound there; else which breaker says no. */
  refuses(node: SchedulerNode): BreakerStanding | undefined;
  /** The first of them that is not closed, though it may let a probe through. */
  unsure(node: SchedulerNode): BreakerStanding | undefined;
  begin(node: SchedulerNode): void;
  succeeded(node: SchedulerNode, boundAt: number): void;
  failed(node: SchedulerNode, boundAt: number, failure: Failure): void;
  lost(node: SchedulerNode): void;
  standings(): readonly BreakerStanding[];
  /** The node is gone. */
  forget(node: string): void;
}

export interface Failure {
  readonly because: string;
  /** The provider says that it is out of stock: it counts twice. */
  readonly isStock: boolean;
}

export type BreakerListener = (standing: BreakerStanding, before: BreakerState) => void;

export function createBreakers(clock: Clock, onChange: BreakerListener): Breakers {
  const breakers = new Map<string, Breaker>();

  function breakerOf(scope: BreakerScope, name: string): Breaker {
    const key = `${scope}/${name}`;
    const known = breakers.get(key);
    if (known !== undefined) return known;
    let before: BreakerState = 'closed';
    const made = createBreaker({
      ...{ scope, name, clock },
      onChange: (standing) => {
        if (breakers.get(key) !== made) return;
        onChange(standing, before);
        before = standing.state;
      },
    });
    breakers.set(key, made);
    return made;
  }

  /** Asked for every node with every pod. */
  const ofNodes = new WeakMap<SchedulerNode, readonly Breaker[]>();
  function of(node: SchedulerNode): readonly Breaker[] {
    let found = ofNodes.get(node);
    if (found === undefined) {
      found = scopesOf(node).map(([scope, name]) => breakerOf(scope, name));
      ofNodes.set(node, found);
    }
    return found;
  }

  return {
    refuses: (node) => of(node).find((breaker) => !breaker.admits())?.standing,
    unsure: (node) => of(node).find(({ standing }) => standing.state !== 'closed')?.standing,
    begin(node) {
      for (const breaker of of(node)) breaker.begin();
    },
    succeeded(node, boundAt) {
      for (const breaker of of(node)) breaker.succeeded(boundAt);
    },
    failed(node, boundAt, { because, isStock }) {
      const failure = { boundAt, because, node: node.name, weight: isStock ? 2 : 1 };
      for (const breaker of of(node)) breaker.failed(failure);
    },
    lost(node) {
      for (const breaker of of(node)) breaker.lost();
    },
    standings: () => [...breakers.values()].map(({ standing }) => standing),
    forget(node) {
      const known = breakers.get(`node/${node}`)?.standing;
      breakers.delete(`node/${node}`);
      if (known === undefined || known.state === 'closed') return;
      onChange({ ...known, state: 'closed', failures: 0, because: 'the node is gone' }, known.state);
    },
  };
}

/** An ordinary node has none. A zone is its provider's. */
function scopesOf({ name, providers, zone }: SchedulerNode): readonly (readonly [BreakerScope, string])[] {
  const provider = providers[0]?.name;
  if (provider === undefined) return [];
  const zones = zone === '' ? [] : [['zone', `${provider}/${zone}`] as const];
  return [['node', name], ...zones, ['provider', provider]];
}
