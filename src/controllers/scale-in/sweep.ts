import { setImmediate as nextTurn } from 'node:timers/promises';

/** Items between two turns of the event loop: about a millisecond. */
const slice = 500;

/**
 * Looks at all there is, a slice a turn, so that a lease is renewed while 100,000 are looked at. What is asked for while
 * it runs becomes one more sweep: a thousand Namespaces that are listed do not make a thousand. `signal` ends it.
 */
export function createSweep<T>(
  all: () => Iterable<T>,
  look: (item: T) => void,
): { readonly request: (signal: AbortSignal) => void } {
  let isRunning = false;
  let isWanted = false;
  let until = new AbortController().signal;

  const isEnded = (): boolean => until.aborted;

  async function run(): Promise<void> {
    isRunning = true;
    while (isWanted && !isEnded()) {
      isWanted = false;
      let looked = 0;
      for (const item of [...all()]) {
        if (isEnded()) break;
        look(item);
        looked += 1;
        if (looked % slice === 0) await nextTurn();
      }
    }
    isRunning = false;
  }

  return {
    request(signal) {
      until = signal;
      isWanted = true;
      if (!isRunning) void run();
    },
  };
}
