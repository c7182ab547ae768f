import type { Client } from '../../kube/client.js';
import { KubeError, kindOf } from '../../kube/errors.js';
import { fence } from '../../kube/fence.js';
import type { Term } from '../../kube/lease.js';
import type { KubeObject, ObjectKey } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import { runWorkers } from '../../kube/workers.js';
import { createWorkqueue } from '../../kube/workqueue.js';
import { carried } from '../../placement/mark.js';
import { toVirtualNode } from '../../sources/nodes.js';
import type { Clock, Random } from '../../telemetry/clock.js';
import { applyMark } from './apply.js';
import { boundAt } from './bound-at.js';
import type { MarkChange, MarkedNode } from './decide.js';
import type { ScaleInObserver } from './index.js';
import type { ScaleInPod } from './pods.js';

export interface TermDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: ScaleInObserver;
  readonly office: Term;
  readonly stop: AbortSignal;
  readonly workers: number;
  readonly read: (object: KubeObject) => ScaleInPod;
  readonly decide: (pod: ScaleInPod, node: MarkedNode | undefined) => MarkChange;
  readonly nodeOf: (name: string) => MarkedNode | undefined;
}

/** What writes marks, for as long as this process leads. */
export interface MarkTerm {
  /** Aborts when nothing is to be begun any more. */
  readonly signal: AbortSignal;
  add(pod: ObjectKey): void;
  /** Settles when the last write has ended. Never rejects. */
  run(): Promise<void>;
}

/** A server that was away for long is asked again within this time: a mark is not to be missing for half a minute. */
const backoff = { baseMs: 100, maxMs: 10_000 };

/** Where a role is missing, or somebody's admission webhook says no, asking again soon does not help. */
const refusedMs = 300_000;

export function createTerm(deps: TermDeps): MarkTerm {
  const { clock, random, observer, office, stop } = deps;
  const client = fence(deps.client, office);
  const queue = createWorkqueue({ clock, random, backoff });
  /** Those that are queued, delayed or in work. */
  const waiting = new Set<ObjectKey>();

  function done(key: ObjectKey): void {
    waiting.delete(key);
    observer.waiting(waiting.size);
  }

  async function decideNow(object: KubeObject): Promise<MarkChange> {
    const pod = deps.read(object);
    const known = deps.nodeOf(pod.nodeName);
    const isStray = known === undefined && carried(pod).by === 'us';
    return deps.decide(pod, isStray ? await findNode(pod.nodeName) : known);
  }

  /** A node that the registry does not hold: ordinary, or gone. */
  async function findNode(name: string): Promise<MarkedNode | undefined> {
    try {
      const node = await client.get(resources.nodes, { name }, { signal: office.signal, lane: 'marks' });
      return toVirtualNode(node) ?? { providers: [], byKarpenter: false };
    } catch (error) {
      if (kindOf(error) === 'not-found') return undefined;
      throw error;
    }
  }

  async function work(key: ObjectKey, signal: AbortSignal): Promise<void> {
    try {
      const { result, pod } = await applyMark(key, { client, decide: decideNow }, signal);
      observer.done(key, result);
      if (result === 'marked' && pod && carried(deps.read(pod)).by === 'nobody') {
        observer.marked(Math.max(0, clock.now() - boundAt(pod)));
      }
      done(key);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      observer.failed(key, error);
      queue.addAfter(key, refusedMs);
    }
  }

  return {
    signal: AbortSignal.any([office.signal, stop]),
    add(key) {
      waiting.add(key);
      observer.waiting(waiting.size);
      queue.add(key);
    },
    async run() {
      await runWorkers({
        queue,
        count: deps.workers,
        stop,
        drop: office.signal,
        work: (key, signal) => work(key as ObjectKey, signal),
        onError: (key, error) => {
          if (!isEveryday(error)) observer.failed(key, error);
        },
      });
      observer.waiting(0);
    },
  };
}

const isRefusal = (error: unknown): boolean =>
  error instanceof KubeError && (error.kind === 'forbidden' || error.kind === 'invalid');

/** Somebody else wrote first, or the term is over. */
const isEveryday = (error: unknown): boolean =>
  error instanceof KubeError && (error.kind === 'conflict' || error.kind === 'aborted');
