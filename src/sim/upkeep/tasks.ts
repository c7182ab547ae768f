import type { Clock } from '../../telemetry/clock.js';

/** How long a task that failed waits for its next turn. */
const retryMs = 1000;

/**
 * Things to do soon, each once however often it was asked for. They run one after the other, on the clock, never
 * inside of what asked for them; what throws is tried again.
 */
export class Tasks {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #waiting = new Map<string, () => Promise<void>>();
  #running = false;
  #stopped = false;

  constructor(clock: Clock, delayMs = 0) {
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  add(key: string, task: () => Promise<void>): void {
    if (this.#stopped) return;
    this.#waiting.set(key, task);
    if (this.#running) return;
    this.#running = true;
    this.#clock.after(this.#delayMs, () => {
      void this.#run();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting.clear();
  }

  async #run(): Promise<void> {
    for (const [key, task] of this.#waiting) {
      this.#waiting.delete(key);
      try {
        await task();
      } catch {
        this.#clock.after(retryMs, () => {
          this.add(key, task);
        });
      }
    }
    this.#running = false;
  }
}
