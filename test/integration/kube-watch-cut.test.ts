import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeApi, type FakeApi, type FakeStream } from '../support/fake-api.js';
import { until } from '../support/fake-clock.js';
import { listOf, pod, testClient, type TestClient } from '../support/kube.js';
import { passWait, route, startListWatch, untilLines } from '../support/list-watch.js';

let api: FakeApi;
let test: TestClient;

beforeEach(async () => {
  api = await fakeApi();
  test = testClient(api);
});

afterEach(async () => {
  await test.transport.close();
  await api.close();
});

const line = (type: string, name: string, resourceVersion: string, note: string) => {
  const annotations = { note };
  const metadata = { namespace: 'd', name, resourceVersion, annotations };
  return {
    version: Number(resourceVersion),
    bytes: Buffer.from(`${JSON.stringify({ type, object: { metadata } })}\n`),
  };
};

/** What happens after the list, with characters of two, three and four bytes. */
const history = [
  line('ADDED', 'b', '11', 'für'),
  line('MODIFIED', 'a', '12', '河 🌊'),
  line('DELETED', 'b', '13', 'a\\nb'),
];
const bytes = Buffer.concat(history.map((event) => event.bytes));
const ends = history.map((_, i) => Buffer.concat(history.slice(0, i + 1).map((event) => event.bytes)).length);

const list = listOf([pod('a', { namespace: 'd', resourceVersion: '5' })], '10');
const all = ['put d/a@5', 'put d/b@11', 'put d/a@12', 'remove d/b'];

/** The resourceVersion that is known once so many bytes have come. */
const knownAfter = (count: number) => String(10 + ends.filter((end) => end <= count).length);

describe('a watch that is cut', () => {
  /** And whether it waits, after so many bytes, before it goes on. */
  const ways: readonly [string, (stream: FakeStream) => void, (count: number) => boolean][] = [
    [
      'by a broken connection',
      (stream) => {
        stream.cut();
      },
      () => true,
    ],
    [
      'by an end of the body',
      (stream) => {
        stream.end();
      },
      (count) => knownAfter(count) === '10',
    ],
  ];
  it.each(ways)(
    '%s at any byte goes on with no event lost and none twice',
    { timeout: 60_000 },
    async (_, cut, waits) => {
      for (let place = 0; place <= bytes.length; place += 1) {
        const begin = api.calls.length;
        api.handle(async (call) => {
          if (!call.isWatch) {
            call.json(list);
            return;
          }
          const stream = call.stream();
          if (api.calls.length === begin + 2) {
            await stream.write(bytes.subarray(0, place));
            cut(stream);
          } else {
            const from = Number(call.query.get('resourceVersion'));
            for (const event of history) if (event.version > from) await stream.write(event.bytes);
          }
        });
        const run = startListWatch(test);
        if (waits(place)) await passWait(run, 500);
        // Requests take tokens, which time brings back.
        else await run.clock.advance(500);
        await untilLines(run, ...all);
        await until('the next watch', () => api.calls.length >= begin + 3);
        expect({ place, route: route(api.calls.slice(begin)), lines: run.sink.lines }).toEqual({
          place,
          route: ['list', 'watch from 10', `watch from ${knownAfter(place)}`],
          lines: all,
        });
        await run.stop();
      }
    },
  );

  it('in pieces of one byte is read as if it came whole', async () => {
    api.handle(async (call) => {
      if (!call.isWatch) {
        call.json(list);
        return;
      }
      const stream = call.stream();
      for (const byte of bytes) await stream.write(Uint8Array.of(byte));
    });
    const run = startListWatch(test);
    await untilLines(run, ...all);
    expect(run.faults).toEqual([]);
    await run.stop();
  });
});
