import { describe, expect, it } from 'vitest';
import { createListWatch } from '../../../src/kube/list-watch.js';
import { resources } from '../../../src/kube/resource.js';
import type { WatchEvent } from '../../../src/kube/watch-events.js';
import { fakeClock } from '../../support/fake-clock.js';
import { noRandom, pod } from '../../support/kube.js';
import { diary, seen } from '../../support/list-watch.js';

describe('createListWatch', () => {
  it('lets the event loop turn in a flood of events, after each 64', async () => {
    const stop = new AbortController();
    let inTurn = 0;
    let most = 0;
    let total = 0;
    /** A watch that has the next event at once, for ever. */
    async function* flood(): AsyncGenerator<WatchEvent> {
      for (let i = 0; i < 1000; i += 1) {
        yield await Promise.resolve({
          type: 'ADDED',
          object: pod(`p${i}`, { resourceVersion: String(11 + i) }),
        } as const);
      }
      stop.abort();
    }
    const listWatch = createListWatch({
      client: { list: () => Promise.resolve({ items: [], resourceVersion: '10', length: 0 }), watch: flood },
      clock: fakeClock(),
      random: noRandom,
      resource: resources.pods,
      project: (object) => {
        total += 1;
        inTurn += 1;
        most = Math.max(most, inTurn);
        return seen(object);
      },
      sink: diary(),
    });
    const tick = () => {
      inTurn = 0;
      if (!stop.signal.aborted) setImmediate(tick);
    };
    setImmediate(tick);
    await listWatch.run(stop.signal);
    expect({ total, most }).toEqual({ total: 1000, most: 64 });
  });
});
