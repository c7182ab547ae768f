// A server of pods, as a process of its own so that its pauses are not counted: `node server.js <pods>`.
// Lists in pages or whole, watches that stay open, and a watch that sends MODIFIED events as fast as they are taken.
import { createServer } from 'node:http';
import process from 'node:process';
import { URL } from 'node:url';
import { podText } from './pods.js';

const count = Number(process.argv[2]);
const meta = (more) => `{"resourceVersion":"1000000"${more}}`;

async function list(response, from, end) {
  const next = end < count ? `,"continue":"${end}"` : '';
  response.write(`{"kind":"PodList","apiVersion":"v1","metadata":${meta(next)},"items":[`);
  for (let start = from; start < end; start += 250) {
    const slice = [];
    for (let i = start; i < Math.min(end, start + 250); i += 1) slice.push(podText(i, 1000));
    if (!response.write((start === from ? '' : ',') + slice.join(','))) await room(response);
  }
  response.end(']}');
}

/** Whether more can be written: waits for room, or for the client to go. */
function room(response) {
  return new Promise((resolve) => {
    const end = (open) => () => {
      response.off('drain', drained).off('close', closed);
      resolve(open);
    };
    const [drained, closed] = [end(true), end(false)];
    response.on('drain', drained).on('close', closed);
  });
}

async function events(response, total) {
  let chunk = '';
  for (let i = 0; i < total; i += 1) {
    chunk += `{"type":"MODIFIED","object":${podText(i % count, 1_000_001 + i)}}\n`;
    if (chunk.length < 65_536 && i < total - 1) continue;
    if (!response.write(chunk) && !(await room(response))) return;
    chunk = '';
  }
}

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://bench');
  response.writeHead(200, { 'content-type': 'application/json' });
  if (searchParams.get('watch') === 'true') {
    response.flushHeaders();
    void events(response, Number(process.argv[3] ?? 0));
    return;
  }
  const from = Number(searchParams.get('continue') ?? 0);
  void list(response, from, Math.min(count, from + Number(searchParams.get('limit') ?? count)));
});

server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
