import { createHash } from 'node:crypto';
import { watch as watchFs } from 'node:fs';
import type { Clock } from '../telemetry/clock.js';
import { readFileTexts } from './file-texts.js';
import { type PolicyRead, toPolicyRead } from './policy-files.js';

export interface PolicyFilesDeps {
  /** Files and folders. */
  readonly paths: readonly string[];
  readonly clock: Clock;
  /** Ends the watching. */
  readonly signal: AbortSignal;
  /** Told the first read, then every read of a changed content. Must not throw. */
  readonly offer: (read: PolicyRead) => void;
  /** Milliseconds between two looks without a hint from the file system. Default 10,000. */
  readonly pollMs?: number;
  /** Milliseconds in which a changed content must stay the same before it is taken. Default 100. */
  readonly settleMs?: number;
  /** Hints that something changed; the answer ends them. May throw. Default: `fs.watch`. */
  readonly watch?: (path: string, changed: () => void) => () => void;
}

/**
 * Reads the files, offers what they say, and goes on until the signal: the answer settles after the first offer,
 * `ended` when nothing runs any more. Hints make it quick, looking at all files makes it sure: a folder that
 * vanishes for a moment, a link that is swapped and a file half written are all survived. A content is offered once
 * two looks in a row agree on it, so a swap between two files never shows.
 */
export async function watchPolicyFiles(deps: PolicyFilesDeps): Promise<{ readonly ended: Promise<void> }> {
  const seen = await look(deps.paths);
  deps.offer(seen.read());
  return { ended: goOn(deps, seen.fingerprint) };
}

interface Look {
  /** The same for the same files with the same content and the same faults. */
  readonly fingerprint: string;
  read(): PolicyRead;
}

async function look(paths: readonly string[]): Promise<Look> {
  const texts = await readFileTexts(paths);
  return {
    fingerprint: createHash('sha256').update(JSON.stringify(texts)).digest('base64'),
    read: () => toPolicyRead(paths, texts),
  };
}

async function goOn(deps: PolicyFilesDeps, first: string): Promise<void> {
  const { clock, signal, pollMs = 10_000, settleMs = defaultSettleMs } = deps;
  let offered = first;
  while (!signal.aborted) {
    const hints = new AbortController();
    const unwatch = watchAll(deps, () => {
      hints.abort();
    });
    // Watching comes before looking: a change while we look is a hint for the next turn.
    const settled = await settle(deps, offered);
    if (settled !== undefined) {
      offered = settled.fingerprint;
      deps.offer(settled.read());
    }
    await clock.sleep(pollMs, AbortSignal.any([signal, hints.signal]));
    unwatch();
    // Hints come in swarms.
    if (hints.signal.aborted) await clock.sleep(settleMs, signal);
  }
}

/** A content that differs from the offered one and that two looks in a row agree on. */
async function settle(
  { paths, clock, signal, settleMs = defaultSettleMs }: PolicyFilesDeps,
  offered: string,
): Promise<Look | undefined> {
  let before: string | undefined;
  for (let turn = 0; turn < maxLooks && !signal.aborted; turn += 1) {
    const now = await look(paths);
    if (now.fingerprint === offered) return undefined;
    if (now.fingerprint === before) return now;
    before = now.fingerprint;
    await clock.sleep(settleMs, signal);
  }
  return undefined;
}

const defaultSettleMs = 100;

/** Files that never rest are looked at again at the next poll. */
const maxLooks = 20;

/** Anew before every wait: what was watched may have been replaced. A path that cannot be watched is polled. */
function watchAll({ paths, watch = watchPath }: PolicyFilesDeps, changed: () => void): () => void {
  const ends = paths.flatMap((path) => {
    try {
      return [watch(path, changed)];
    } catch {
      return [];
    }
  });
  return () => {
    for (const end of ends) end();
  };
}

function watchPath(path: string, changed: () => void): () => void {
  const watcher = watchFs(path, { persistent: false }, changed);
  watcher.on('error', changed);
  return () => {
    watcher.close();
  };
}
