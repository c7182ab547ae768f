/**
 * Waits until the condition holds, looking every few milliseconds: for what another process or the file system does.
 * Unlike `until` it leaves the processor to the other process. Fails after 30 s, naming what it waited for.
 */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited 30 s for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Asks again until the answer fits, and gives it; fails after 30 s with the last one. */
export async function answered<T>(ask: () => T | Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`waited 30 s, and have ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
