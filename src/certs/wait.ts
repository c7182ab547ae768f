import { access } from 'node:fs/promises';
import type { Clock } from '../telemetry/clock.js';

/** Waits until every file is there, as those of a mounted Secret that is not made yet. False: the signal came first. */
export async function waitForFiles(
  files: readonly string[],
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    const missing = await Promise.all(files.map(isMissing));
    if (!missing.includes(true)) return true;
    await clock.sleep(1000, signal);
  }
  return false;
}

const isMissing = (file: string): Promise<boolean> =>
  access(file).then(
    () => false,
    () => true,
  );
