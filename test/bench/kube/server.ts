/**
 * A server of pods, in a process of its own so that its pauses are nobody else's: `node server.ts <pods> <events>`.
 * Lists in pages or whole; a watch sends so many MODIFIED events, as fast as they are taken, and stays open.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { podText } from './pods.ts';

const [pods = 0, events = 0] = process.argv.slice(2).map(Number);

async function list(response: ServerResponse, from: number, end: number): Promise<void> {
  const next = end < pods ? `,"continue":"${end}"` : '';
  response.write(
    `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1000000"${next}},"items":[`,
  );
  for (let start = from; start < end; start += 250) {
    const some = Array.from({ length: Math.min(250, end - start) }, (_, i) => podText(start + i, 1000));
    if (!response.write((start === from ? '' : ',') + some.join(','))) await room(response);
  }
  response.end(']}');
}

async function watch(response: ServerResponse): Promise<void> {
  response.flushHeaders();
  let chunk = '';
  for (let i = 0; i < events; i += 1) {
    chunk += `{"type":"MODIFIED","object":${podText(i % pods, 1_000_001 + i)}}\n`;
    if (chunk.length < 65_536 && i < events - 1) continue;
    if (!response.write(chunk)) await room(response);
    if (response.closed) return;
    chunk = '';
  }
}

/** Waits until there is room again, or nobody to read. */
function room(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      response.off('drain', end).off('close', end);
      resolve();
    };
    response.on('drain', end).on('close', end);
  });
}

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://bench');
  const from = Number(searchParams.get('continue') ?? 0);
  const limit = Number(searchParams.get('limit') ?? pods);
  response.writeHead(200, { 'content-type': 'application/json' });
  void (searchParams.get('watch') === 'true'
    ? watch(response)
    : list(response, from, Math.min(pods, from + limit)));
});

server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on('disconnect', () => process.exit());
