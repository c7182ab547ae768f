import { whenAborted, type Clock, type Random } from '../telemetry/clock.js';
import type { Client } from '../kube/client.js';
import { createElection, type LeaseDurations, type Term } from '../kube/lease.js';
import type { Controller } from './controller.js';

export interface RunnerDeps {
  readonly controllers: readonly Controller[];
  readonly client: Pick<Client, 'get' | 'create' | 'update'>;
  readonly clock: Clock;
  readonly random: Random;
  /** Absent: no election is held, this process alone writes. For a laptop. */
  readonly lease?: {
    readonly namespace: string;
    readonly name: string;
    readonly identity: string;
    readonly durations?: LeaseDurations;
  };
  readonly onLeading: (isLeading: boolean) => void;
  readonly onFault: (error: unknown) => void;
}

export interface Runner {
  /** Observes from the start, leads while elected; settles when the signal has ended both. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  readonly isLeader: boolean;
  /** Who leads, as far as is known; empty for nobody. */
  readonly leader: string;
  readonly hasSynced: boolean;
}

/** Controllers in one process, under one lease: whoever holds it writes, and nobody else. */
export function createRunner(deps: RunnerDeps): Runner {
  const { controllers, client, clock, random, lease, onLeading, onFault } = deps;

  const lead = async (term: Term, stop: AbortSignal): Promise<void> => {
    onLeading(true);
    await Promise.all(controllers.map((controller) => controller.lead(term, stop)));
    onLeading(false);
  };
  const election = lease && createElection({ client, clock, random, ...lease, lead, onFault });

  return {
    async run(signal) {
      const observing = controllers.map((controller) => controller.observe(signal));
      await (election ? election.run(signal) : leadAlone(lead, signal));
      await Promise.all(observing);
    },
    get isLeader() {
      return election?.isLeader ?? true;
    },
    get leader() {
      return election?.holder ?? 'this process';
    },
    get hasSynced() {
      return controllers.every((controller) => controller.hasSynced);
    },
  };
}

/** A term without end. */
async function leadAlone(
  lead: (term: Term, stop: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const never = new AbortController().signal;
  await lead({ number: 0, signal: never, isValid: () => true }, signal);
  await whenAborted(signal);
}
