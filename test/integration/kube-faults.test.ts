import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  fakeApi,
  statusOf,
  type FakeApi,
  type FakeCall,
  type FakeStream,
  type Handler,
} from '../support/fake-api.js';
import { turn, until } from '../support/fake-clock.js';
import { listOf, pod, testClient, type TestClient } from '../support/kube.js';
import { passWait, route, seen, startListWatch, untilLines, type Run } from '../support/list-watch.js';

let api: FakeApi;
let test: TestClient;
let runs: Run[];

beforeEach(async () => {
  api = await fakeApi();
  test = testClient(api);
  runs = [];
});

afterEach(async () => {
  await Promise.all(runs.map((run) => run.stop()));
  await test.transport.close();
  await api.close();
});

function start(deps: Parameters<typeof startListWatch>[1] = {}): Run {
  const run = startListWatch(test, deps);
  runs.push(run);
  return run;
}

const podAt = (name: string, resourceVersion: string) => pod(name, { resourceVersion });
const text = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
const bookmark = (resourceVersion: string) =>
  text('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion } });

/** Answers the requests one by one, each by the next step; the last step answers all that follow. */
function script(...steps: Handler[]): void {
  let next = 0;
  api.handle((call) => {
    const step = steps[Math.min(next, steps.length - 1)]!;
    next += 1;
    return step(call);
  });
}

const list =
  (...args: Parameters<typeof listOf>): Handler =>
  (call) => {
    call.json(listOf(...args));
  };
const events =
  (...lines: string[]): Handler =>
  async (call) => {
    const stream = call.stream();
    for (const line of lines) await stream.write(line);
  };
const silent: Handler = () => undefined;
const quiet = events();

describe('410 Gone', () => {
  it('to a watch makes a new list, and what that lacks is removed', async () => {
    script(
      list([podAt('a', '1'), podAt('b', '2')], '10'),
      (call) => {
        call.status(410, 'Expired');
      },
      list([podAt('b', '2'), podAt('c', '15')], '20'),
      quiet,
    );
    const run = start();
    await passWait(run, 500);
    await untilLines(run, 'put default/b@2', 'put default/c@15', 'remove default/a');
    await until('the watch', () => api.calls.length === 4);
    expect(route(api.calls)).toEqual(['list', 'watch from 10', 'list', 'watch from 20']);
    expect(run.sink.contents).toEqual(['b@2', 'c@15']);
  });

  it('in the middle of a watch keeps what came before it and makes a new list', async () => {
    script(
      list([podAt('a', '1')], '10'),
      events(text('ADDED', podAt('b', '11')), text('ERROR', statusOf(410, 'Expired'))),
      list([podAt('a', '1'), podAt('b', '11')], '20'),
      quiet,
    );
    const run = start();
    await untilLines(run, 'put default/a@1', 'put default/b@11');
    await passWait(run, 500);
    await until('the watch', () => api.calls.length === 4);
    expect(route(api.calls)).toEqual(['list', 'watch from 10', 'list', 'watch from 20']);
    expect(run.faults).toEqual(['watch gone']);
  });

  it('in the middle of a list begins the list again', async () => {
    script(
      list([podAt('a', '1')], '10', 'next'),
      (call) => {
        call.status(410, 'Expired');
      },
      list([podAt('b', '2')], '20'),
      quiet,
    );
    const run = start();
    await passWait(run, 500);
    await untilLines(run, 'put default/a@1', 'put default/b@2', 'remove default/a');
    expect(route(api.calls).slice(0, 3)).toEqual(['list', 'list (next)', 'list']);
  });

  it('after every list is not answered with lists in a hot loop', async () => {
    api.handle((call) => {
      if (call.isWatch) call.status(410, 'Expired');
      else call.json(listOf([], '10'));
    });
    const run = start();
    for (const ms of [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]) await passWait(run, ms);
    await until('the ninth round', () => api.calls.length === 18);
  });
});

describe('a quiet watch', () => {
  it('with nothing but bookmarks for ten minutes stays open, and resumes from the last of them', async () => {
    let stream: FakeStream | undefined;
    script(
      list([podAt('a', '1')], '10'),
      (call) => {
        stream = call.stream();
      },
      quiet,
    );
    const run = start();
    await until('the watch', () => stream !== undefined);
    for (let minute = 1; minute <= 10; minute += 1) {
      await run.clock.advance(60_000);
      await stream!.write(bookmark(String(10 + minute)));
      await until('the bookmark', () => run.listWatch.progressAgeMs() === 0);
    }
    expect(route(api.calls)).toEqual(['list', 'watch from 10']);
    stream!.end();
    await until('the next watch', () => api.calls.length === 3);
    expect(route(api.calls).at(-1)).toBe('watch from 20');
    expect(run.faults).toEqual([]);
  });

  it('that is mute for 150 seconds is opened anew from where it was', async () => {
    script(list([], '10'), events(text('ADDED', podAt('a', '11'))), events(text('ADDED', podAt('b', '12'))));
    const run = start();
    await untilLines(run, 'put default/a@11');
    await run.clock.advance(149_999);
    expect(api.calls).toHaveLength(2);
    await run.clock.advance(1);
    await until('the end of the mute one', () => api.calls[1]!.closed);
    await passWait(run, 500);
    await untilLines(run, 'put default/a@11', 'put default/b@12');
    expect(route(api.calls)).toEqual(['list', 'watch from 10', 'watch from 11']);
  });

  it('asks the server for five to ten minutes, at random', async () => {
    script(list([], '10'), quiet);
    start({ random: () => 0.5 });
    await until('the watch', () => api.calls.length === 2);
    expect(api.calls[1]!.query.get('timeoutSeconds')).toBe('450');
  });

  it('says how long ago the server said something', async () => {
    script(list([], '10'), quiet);
    const run = start();
    await until('the watch', () => api.calls.length === 2 && run.listWatch.progressAgeMs() === 0);
    await run.clock.advance(42_000);
    expect(run.listWatch.progressAgeMs()).toBe(42_000);
  });
});

describe('429', () => {
  it('with Retry-After to a list is waited out', async () => {
    script(
      (call) => {
        call.status(429, 'TooManyRequests', { headers: { 'retry-after': '7' } });
      },
      list([podAt('a', '1')], '10'),
      quiet,
    );
    const run = start();
    await passWait(run, 7000);
    await untilLines(run, 'put default/a@1');
    expect(run.faults).toEqual([]);
  });

  it('with Retry-After to a watch is waited out, and nothing is listed again', async () => {
    script(
      list([], '10'),
      (call) => {
        call.status(429, 'TooManyRequests', { headers: { 'retry-after': '7' } });
      },
      events(text('ADDED', podAt('a', '11'))),
    );
    const run = start();
    await passWait(run, 7000);
    await untilLines(run, 'put default/a@11');
    expect(route(api.calls)).toEqual(['list', 'watch from 10', 'watch from 10']);
  });

  it('without Retry-After is answered with waits that grow', async () => {
    api.handle((call) => {
      if (call.isWatch) call.status(429, 'TooManyRequests');
      else call.json(listOf([], '10'));
    });
    const run = start();
    for (const ms of [500, 1000, 2000]) await passWait(run, ms);
    await until('the fourth watch', () => api.calls.length === 5);
    expect(new Set(route(api.calls))).toEqual(new Set(['list', 'watch from 10']));
  });
});

describe('a server that accepts and never answers', () => {
  it('is given up after half a minute and asked again', async () => {
    script(silent, list([podAt('a', '1')], '10'), silent, events(text('ADDED', podAt('b', '11'))));
    const run = start();
    await until('the first list', () => api.calls.length === 1);
    await run.clock.advance(30_000);
    await passWait(run, 500);
    await untilLines(run, 'put default/a@1');
    await until('the first watch', () => api.calls.length === 3);
    await run.clock.advance(30_000);
    await passWait(run, 1000);
    await untilLines(run, 'put default/a@1', 'put default/b@11');
    expect(run.faults).toEqual(['list timeout', 'watch timeout']);
    expect(api.calls[0]!.closed).toBe(true);
  });

  it('however often is no reason to list again', async () => {
    script(list([], '10'), silent, silent, silent, quiet);
    const run = start();
    for (const [calls, ms] of [
      [2, 500],
      [3, 1000],
      [4, 2000],
    ] as const) {
      await until('the watch', () => api.calls.length === calls);
      await run.clock.advance(30_000);
      await passWait(run, ms);
    }
    await until('the last watch', () => api.calls.length === 5);
    expect(new Set(route(api.calls).slice(1))).toEqual(new Set(['watch from 10']));
  });
});

describe('a server restarted with a smaller resourceVersion', () => {
  const before = list([podAt('a', '990'), podAt('b', '991')], '1000');
  const after = list([podAt('a', '40')], '50');
  const restored = ['put default/a@40', 'remove default/b'];

  it('is noticed by a bookmark', async () => {
    script(before, events(bookmark('51')), after, quiet);
    const run = start();
    await passWait(run, 500);
    await untilLines(run, ...restored);
    await until('the watch', () => api.calls.length === 4);
    expect(route(api.calls).at(-1)).toBe('watch from 50');
  });

  it('is noticed by an event, which is not taken', async () => {
    script(before, events(text('MODIFIED', podAt('b', '51'))), after, quiet);
    const run = start();
    await passWait(run, 500);
    await untilLines(run, ...restored);
    expect(run.sink.lines).not.toContain('put default/b@51');
  });

  it('is noticed when it says that the version is too large', async () => {
    script(
      before,
      (call) => {
        call.status(504, 'Timeout', { causes: ['ResourceVersionTooLarge'] });
      },
      after,
      quiet,
    );
    const run = start();
    await passWait(run, 500);
    await untilLines(run, ...restored);
  });

  it('is noticed when it is mute twice, as a real one is', async () => {
    script(before, quiet, quiet, after, quiet);
    const run = start();
    for (const calls of [2, 3]) {
      await until('the watch', () => api.calls.length === calls && run.listWatch.progressAgeMs() === 0);
      await run.clock.advance(150_000);
      await passWait(run, 500);
    }
    await untilLines(run, ...restored);
    expect(route(api.calls).slice(0, 4)).toEqual(['list', 'watch from 1000', 'watch from 1000', 'list']);
  });
});

describe('a fault of any kind', () => {
  const faults: readonly [string, Handler][] = [
    [
      '401',
      (call) => {
        call.status(401, 'Unauthorized');
      },
    ],
    [
      '403',
      (call) => {
        call.status(403, 'Forbidden');
      },
    ],
    [
      '404',
      (call) => {
        call.status(404, 'NotFound');
      },
    ],
    [
      '500',
      (call) => {
        call.status(500, 'InternalError');
      },
    ],
    [
      '503',
      (call) => {
        call.status(503, 'ServiceUnavailable');
      },
    ],
    [
      'a page of a proxy',
      (call) => {
        call.json('<html>');
      },
    ],
    [
      'a broken connection',
      (call) => {
        call.cut();
      },
    ],
  ];

  it.each(faults)('to a list is survived: %s', async (_, fault) => {
    let healed = false;
    api.handle((call) => {
      if (!healed) return fault(call);
      if (call.isWatch) return quiet(call);
      call.json(listOf([podAt('a', '1')], '10'));
    });
    const run = start();
    for (let i = 0; i < 12; i += 1) {
      await until('a wait', () => run.clock.nextIn !== undefined && run.clock.nextIn < 30_000);
      await run.clock.advanceToNext();
    }
    healed = true;
    while (run.sink.lines.length === 0) {
      await turn();
      if ((run.clock.nextIn ?? Infinity) < 30_000) await run.clock.advanceToNext();
    }
    expect(run.sink.contents).toEqual(['a@1']);
  });

  it.each(faults)('to a watch is survived: %s', async (_, fault) => {
    let watches = 0;
    api.handle((call) => {
      if (!call.isWatch) {
        call.json(listOf([podAt('a', '1')], '10'));
        return undefined;
      }
      watches += 1;
      return watches <= 3 ? fault(call) : events(text('ADDED', podAt('b', '11')))(call);
    });
    const run = start();
    for (const ms of [500, 1000, 2000]) await passWait(run, ms);
    await untilLines(run, 'put default/b@11');
  });

  it('a watch that ends as soon as it begins is not opened in a hot loop', async () => {
    api.handle((call) => {
      if (call.isWatch) call.stream().end();
      else call.json(listOf([], '10'));
    });
    const run = start();
    for (const ms of [500, 1000, 2000, 4000]) await passWait(run, ms);
    expect(run.faults).toEqual([]);
  });

  it('a line that no watch can get past ends in a new list', async () => {
    script(
      list([], '10'),
      events('{"type":"NEW"}\n'),
      events('{"type":"NEW"}\n'),
      list([podAt('a', '1')], '20'),
      quiet,
    );
    const run = start();
    await passWait(run, 500);
    await passWait(run, 1000);
    await untilLines(run, 'put default/a@1');
    expect(run.faults).toEqual(['watch server', 'watch server']);
  });
});

describe('a handler that throws', () => {
  it('on an object of a list loses that object alone', async () => {
    script(list([podAt('a', '1'), podAt('bad', '2'), podAt('c', '3')], '10'), quiet);
    const run = start({
      project: (object) => {
        if (object.metadata.name === 'bad') throw new Error('cannot');
        return seen(object);
      },
    });
    expect(await run.listWatch.whenSynced()).toBe(true);
    expect(run.sink.contents).toEqual(['a@1', 'c@3']);
    expect(run.faults).toEqual(['handler Error: cannot']);
  });

  it('on an event goes on with the next, on the same connection', async () => {
    script(
      list([], '10'),
      events(...['11', '12', '13'].map((version) => text('ADDED', podAt(`p${version}`, version)))),
    );
    const run = start();
    const put = run.sink.put.bind(run.sink);
    run.sink.put = (item) => {
      if (item.version === '12') throw new Error('full');
      put(item);
    };
    await untilLines(run, 'put default/p11@11', 'put default/p13@13');
    expect(run.faults).toEqual(['handler Error: full']);
    expect(api.calls).toHaveLength(2);
  });

  it('on a removal goes on too', async () => {
    script(
      list([podAt('a', '1')], '10'),
      events(text('DELETED', podAt('a', '11')), text('ADDED', podAt('b', '12'))),
    );
    const run = start();
    run.sink.remove = () => {
      throw new Error('stuck');
    };
    await untilLines(run, 'put default/a@1', 'put default/b@12');
    expect(run.faults).toEqual(['handler Error: stuck']);
  });
});

describe('a list of 100,000 pods', () => {
  beforeEach(() => {
    test = testClient(api, { limits: { reads: { perSecond: 1, burst: 1000, inFlight: 1 } } });
  });

  it('comes in pages of 250 and never takes more than one of them in a turn of the event loop', async () => {
    const pods = 100_000;
    const limits = new Set<string | null>();
    api.handle((call: FakeCall) => {
      if (call.isWatch) return quiet(call);
      limits.add(call.query.get('limit'));
      const size = Number(call.query.get('limit') ?? pods);
      const from = Number(call.query.get('continue') ?? 0);
      const items = Array.from({ length: Math.min(size, pods - from) }, (_, i) => podAt(`p${from + i}`, '1'));
      const end = from + items.length;
      call.json(listOf(items, '10', end < pods ? String(end) : undefined));
      return undefined;
    });
    let inTurn = 0;
    let most = 0;
    let taken = 0;
    const run = start({
      project: (object) => {
        taken += 1;
        inTurn += 1;
        most = Math.max(most, inTurn);
        return seen(object);
      },
    });
    const tick = () => {
      inTurn = 0;
      if (!run.listWatch.hasSynced) setImmediate(tick);
    };
    setImmediate(tick);
    expect(await run.listWatch.whenSynced()).toBe(true);
    expect({ taken, most, limits: [...limits] }).toEqual({ taken: 100_000, most: 250, limits: ['250'] });
  });

  it('asks for fewer a page where the objects are large', async () => {
    const big = pod('big', {}, { data: 'x'.repeat(2_000_001) });
    script(list([big], '10', 'a'), list([big], '10', 'b'), list([], '10'), quiet);
    const run = start();
    expect(await run.listWatch.whenSynced()).toBe(true);
    expect(api.calls.slice(0, 3).map((call) => call.query.get('limit'))).toEqual(['250', '125', '62']);
  });
});

describe('the end', () => {
  it('comes at once by the signal, and leaves no timer and no connection', async () => {
    script(list([], '10'), quiet);
    const run = start();
    await until('the watch', () => api.calls.length === 2 && run.listWatch.hasSynced);
    await run.stop();
    await until('the end of the watch', () => api.calls[1]!.closed);
    expect(run.clock.pending).toBe(0);
    expect(run.faults).toEqual([]);
  });

  it('before the first list is no sync', async () => {
    script(silent);
    const run = start();
    await until('the list', () => api.calls.length === 1);
    await run.stop();
    expect(await run.listWatch.whenSynced()).toBe(false);
  });
});

describe('what is watched', () => {
  it('is said by selectors and namespace, in the list and in the watch', async () => {
    script(list([], '10'), quiet);
    start({
      query: { namespace: 'x', labelSelector: 'a=b', fieldSelector: 'spec.nodeName=', metadataOnly: true },
    });
    await until('the watch', () => api.calls.length === 2);
    for (const call of api.calls) {
      expect(call.path).toBe('/api/v1/namespaces/x/pods');
      expect([call.query.get('labelSelector'), call.query.get('fieldSelector')]).toEqual([
        'a=b',
        'spec.nodeName=',
      ]);
      expect(call.headers.accept).toContain('as=PartialObjectMetadata');
    }
  });

  it('is removed when the projection no longer wants it', async () => {
    script(list([podAt('a', '1')], '10'), events(text('MODIFIED', podAt('a', '11'))));
    const run = start({
      project: (object) => (object.metadata.resourceVersion === '11' ? undefined : seen(object)),
    });
    await untilLines(run, 'put default/a@1', 'remove default/a');
  });
});
