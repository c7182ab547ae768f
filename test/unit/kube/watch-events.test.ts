import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineBatches, watchEvents } from '../../../src/kube/watch-events.js';
import { statusOf } from '../../support/fake-api.js';
import { failure, pod } from '../../support/kube.js';

const asked = { method: 'GET', path: '/api/v1/pods' };

async function* each(chunks: readonly (string | Uint8Array)[]) {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

/** The bytes cut at the given places. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length));
}

describe('lineBatches', () => {
  it('finds the same lines however the bytes are cut', async () => {
    const line = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(line), line, fc.array(fc.nat()), async (lines, rest, places) => {
        const bytes = Buffer.from([...lines, rest].join('\n'));
        const found = (await collect(lineBatches(each(cutAt(bytes, places))))).flat();
        expect(found).toEqual(lines.map((text) => Buffer.from(text).toString()));
      }),
    );
  });

  it('drops what the last newline does not end', async () => {
    expect(await collect(lineBatches(each(['a\nb'])))).toEqual([['a']]);
  });
});

describe('watchEvents', () => {
  it('reads type and object', async () => {
    const lines = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'].map((type) => ({ type, object: pod('a') }));
    const chunks = each(lines.map((line) => `${JSON.stringify(line)}\n`));
    expect(await collect(watchEvents(chunks, asked))).toEqual(lines);
  });

  it.each([
    [
      'no JSON',
      '{"type":\n',
      'server',
      'GET /api/v1/pods: expected a watch event, came 8 characters that are no JSON',
    ],
    [
      'another JSON value',
      '[]\n',
      'server',
      'GET /api/v1/pods: expected a watch event, came another JSON value',
    ],
    [
      'an unknown type',
      '{"type":"X"}\n',
      'server',
      'GET /api/v1/pods: expected a watch event, came an event of another type',
    ],
    [
      'no object',
      '{"type":"ADDED"}\n',
      'server',
      'GET /api/v1/pods: expected a watch event, came ADDED without an object',
    ],
    [
      'an ERROR event with a Status',
      `${JSON.stringify({ type: 'ERROR', object: statusOf(410, 'Expired', 'too old') })}\n`,
      'gone',
      'GET /api/v1/pods: expected success, came 410 Expired: too old',
    ],
    [
      'an ERROR event with anything else',
      '{"type":"ERROR","object":{"secret":"x"}}\n',
      'server',
      'GET /api/v1/pods: expected success, came 500',
    ],
  ])('throws at %s', async (_, line, kind, message) => {
    const error = await failure(collect(watchEvents(each([line]), asked)));
    expect({ kind: error.kind, message: error.message }).toEqual({ kind, message });
  });
});
