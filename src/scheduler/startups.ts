import { acceptanceOf } from '../providers/registry.js';
import type { Clock } from '../telemetry/clock.js';
import type { SchedulerNode } from './node.js';
import { createStartUp, type StartUp } from './startup.js';

/** The start-up capacity of each node. */
export interface StartUps {
  of(node: SchedulerNode): StartUp;
  forget(node: string): void;
}

export function createStartUps(clock: Clock): StartUps {
  const known = new Map<string, StartUp>();
  return {
    of(node) {
      const there = known.get(node.name);
      if (there !== undefined) return there;
      const [provider] = node.providers;
      const made = createStartUp(provider === undefined ? unlimited : acceptanceOf(provider), clock);
      known.set(node.name, made);
      return made;
    },
    forget: (name) => void known.delete(name),
  };
}

/** An ordinary node's kubelet has no queue that matters here. */
const unlimited = { burst: 1_000_000, perSecond: 1_000_000, source: '' };
