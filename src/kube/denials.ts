import type { Clock } from '../telemetry/clock.js';
import { deniedText, type Denied } from './denied.js';

/** What was denied of late. */
export interface Denials {
  /** True where it is news. */
  note(denied: Denied): boolean;
  /** `list nodes` …, in alphabetical order. */
  current(): readonly string[];
}

/** Whatever is denied is asked for again within five minutes, so that what was not for ten is mended. */
const rememberedMs = 600_000;

export function createDenials(clock: Pick<Clock, 'monotonic'>): Denials {
  const lastAt = new Map<string, number>();
  const forget = (): void => {
    const from = clock.monotonic() - rememberedMs;
    for (const [text, at] of lastAt) if (at < from) lastAt.delete(text);
  };
  return {
    note(denied) {
      forget();
      const text = deniedText(denied);
      const isNews = !lastAt.has(text);
      lastAt.set(text, clock.monotonic());
      return isNews;
    },
    current() {
      forget();
      return [...lastAt.keys()].sort();
    },
  };
}
