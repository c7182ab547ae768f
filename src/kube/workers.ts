import type { Workqueue } from './workqueue.js';

export interface WorkersDeps {
  readonly queue: Workqueue;
  /** How many keys are worked on at once. */
  readonly count: number;
  /**
   * Makes what the key names as it should be. Success forgets the key's back-off; a throw brings the key again after
   * it. Work that wants to come again later calls `queue.addAfter` itself. The signal is `drop`'s.
   */
  readonly work: (key: string, signal: AbortSignal) => Promise<void>;
  /** Told of each throw. */
  readonly onError?: (key: string, error: unknown) => void;
  /** No new keys; those that wait are still worked on. */
  readonly stop: AbortSignal;
  /** The right to write has ended: keys that wait are dropped, and work under way is told by its signal. */
  readonly drop: AbortSignal;
}

/** Works until it is stopped; settles when the last work under way has ended. Never rejects. */
export async function runWorkers(deps: WorkersDeps): Promise<void> {
  const { queue, stop, drop } = deps;
  const drain = () => {
    void queue.close('drain');
  };
  const dropAll = () => {
    void queue.close('drop');
  };
  stop.addEventListener('abort', drain, { once: true });
  drop.addEventListener('abort', dropAll, { once: true });
  if (stop.aborted) drain();
  if (drop.aborted) dropAll();
  await Promise.all(Array.from({ length: deps.count }, () => runWorker(deps)));
  stop.removeEventListener('abort', drain);
  drop.removeEventListener('abort', dropAll);
}

async function runWorker({ queue, work, onError, drop }: WorkersDeps): Promise<void> {
  for (let key = await queue.get(); key !== undefined; key = await queue.get()) {
    try {
      await work(key, drop);
      queue.forget(key);
    } catch (error) {
      onError?.(key, error);
      queue.addRateLimited(key);
    } finally {
      queue.done(key);
    }
  }
}
