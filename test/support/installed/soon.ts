import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/**
 * Asks until the answer is as wanted. For what takes long with many objects: it fails only when the answer has not
 * changed for a minute, with the last one.
 */
export async function soon<T>(ask: () => Promise<T>, wanted: T): Promise<void> {
  let askedAt = Date.now();
  let last = await ask();
  let changedAt = Date.now();
  while (!isDeepStrictEqual(last, wanted)) {
    // What is asked is not to be slowed down by the asking.
    await sleep(Math.max(100, 10 * (Date.now() - askedAt)));
    askedAt = Date.now();
    const next = await ask();
    if (!isDeepStrictEqual(next, last)) changedAt = Date.now();
    last = next;
    if (Date.now() - changedAt > 60_000)
      throw new Error(`waited for ${JSON.stringify(wanted)}, and have ${JSON.stringify(last)} for a minute`);
  }
}
