import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import { createRouter, type Handler, type RouterDeps } from '../../../src/webhook/route.js';
import { eventually } from '../../support/eventually.js';
import { listen } from '../../support/https.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function setUp(mutate: Handler, deps: Partial<RouterDeps> = {}) {
  const refused: string[] = [];
  const faults: unknown[] = [];
  const router = createRouter({
    routes: { '/mutate': mutate },
    maxBytes: 1000,
    isWelcome: () => true,
    isClosing: () => false,
    onRefused: (reason) => refused.push(reason),
    onFault: (error) => faults.push(error),
    ...deps,
  });
  const server = createServer(router);
  servers.push(server);
  return { port: await listen(server), refused, faults };
}

const json = { 'content-type': 'application/json' };
const echo: Handler = (body) => ({ body: body.toString() });

interface Facts {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

async function ask(port: number, { path = '/mutate', method = 'POST', headers = json, body }: Facts = {}) {
  const init = body === undefined ? { method, headers } : { method, headers, body };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
  return { status: response.status, text: await response.text(), headers: response.headers };
}

describe('createRouter', () => {
  it('answers with what the handler makes of the body, as JSON with a length', async () => {
    const { port, refused } = await setUp(echo);
    const { status, text, headers } = await ask(port, { body: '{"é":1}' });
    expect([status, text, headers.get('content-type')]).toEqual([200, '{"é":1}', 'application/json']);
    expect(headers.get('content-length')).toBe('8');
    expect(refused).toEqual([]);
  });

  it.each<[string, Facts, number, string]>([
    ['another path', { path: '/' }, 404, 'unknown-path'],
    ['a path below', { path: '/mutate/' }, 404, 'unknown-path'],
    ['a path that objects inherit', { path: '/constructor' }, 404, 'unknown-path'],
    ['another method', { method: 'PUT', body: '{}' }, 405, 'method'],
    ['GET', { method: 'GET' }, 405, 'method'],
    ['another content type', { headers: { 'content-type': 'text/plain' }, body: '{}' }, 415, 'content-type'],
    [
      'a longer content type',
      { headers: { 'content-type': 'application/jsonx' }, body: '{}' },
      415,
      'content-type',
    ],
    ['no content type', { headers: {} }, 415, 'content-type'],
  ])('refuses %s', async (_, facts, status, reason) => {
    const { port, refused } = await setUp(echo);
    const answer = await ask(port, facts);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(new RegExp(`^${reason}: .+\n$`));
    expect(refused).toEqual([reason]);
  });

  it.each([
    ['a deadline in the query', { path: '/mutate?timeout=10s' }],
    ['a charset', { headers: { 'content-type': 'application/json; charset=utf-8' } }],
    ['capitals', { headers: { 'content-type': 'Application/JSON' } }],
  ])('takes %s', async (_, facts) => {
    const { port } = await setUp(echo);
    expect(await ask(port, { body: '{}', ...facts })).toMatchObject({ status: 200 });
  });

  it('refuses a connection that is not welcome before anything else', async () => {
    const { port, refused } = await setUp(echo, { isWelcome: () => false });
    expect(await ask(port, { path: '/' })).toMatchObject({ status: 403 });
    expect(refused).toEqual(['client-subject']);
  });

  it('answers 400 with the message where a handler finds no review', async () => {
    const { port, refused, faults } = await setUp(() => {
      throw new AppError('review-invalid', 'request.uid: expected a string, got null');
    });
    const { status, text } = await ask(port, { body: '{}' });
    expect([status, text]).toEqual([400, 'not-a-review: request.uid: expected a string, got null\n']);
    expect([refused, faults]).toEqual([['not-a-review'], []]);
  });

  it('answers 500 and tells nothing where a handler fails, and goes on', async () => {
    const { port, faults } = await setUp((body) => {
      if (body.length > 2) throw new RangeError('secret detail');
      return { body: 'fine' };
    });
    const { status, text } = await ask(port, { body: '{ }' });
    expect([status, text]).toEqual([500, 'unexpected: an error that nothing expected; the log has it\n']);
    expect(faults).toEqual([new RangeError('secret detail')]);
    expect(await ask(port, { body: '{}' })).toMatchObject({ status: 200 });
  });

  it('keeps the answer where what comes after it fails', async () => {
    const { port, faults } = await setUp(() => ({
      body: 'fine',
      sent: () => {
        throw new Error('log is full');
      },
    }));
    expect(await ask(port, { body: '{}' })).toMatchObject({ status: 200, text: 'fine' });
    expect(faults).toEqual([new Error('log is full')]);
  });

  it.each([
    ['keeps its connection', false, 'keep-alive'],
    ['ends its connection when closing', true, 'close'],
  ])('an answer %s', async (_, closing, connection) => {
    const { port } = await setUp(echo, { isClosing: () => closing });
    const { headers } = await ask(port, { body: '{}' });
    expect(headers.get('connection')).toBe(connection);
  });

  describe('with a body over the limit', () => {
    it('takes one at the limit', async () => {
      const { port } = await setUp(echo);
      expect(await ask(port, { body: 'x'.repeat(1000) })).toMatchObject({ status: 200 });
    });

    it('refuses by the content-length, before the body has come', async () => {
      const { port, refused } = await setUp(echo);
      const answer = await raw(port, 'content-length: 1001\r\n\r\n');
      expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*too-large: .* 1000 bytes\n$/i);
      expect(refused).toEqual(['too-large']);
    });

    it('refuses chunks as soon as they are too many, once', async () => {
      const { port, refused } = await setUp(echo);
      const chunk = `320\r\n${'x'.repeat(800)}\r\n`;
      const answer = await raw(port, `transfer-encoding: chunked\r\n\r\n${chunk}${chunk}`);
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expect(refused).toEqual(['too-large']);
    });

    it('reads the rest, so that the answer is not lost, and then closes', async () => {
      const { port } = await setUp(echo);
      const body = 'x'.repeat(4_000_000);
      expect(await ask(port, { body })).toMatchObject({ status: 413 });
    });

    it('cuts off one that never ends', async () => {
      const { port } = await setUp(echo);
      const socket = connect(port, '127.0.0.1');
      let closed = false;
      socket.on('error', () => undefined).on('close', () => (closed = true));
      socket.write(head('transfer-encoding: chunked\r\n\r\n'));
      const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
      const pump = () => {
        while (!closed && socket.write(chunk));
      };
      socket.on('drain', pump);
      pump();
      await eventually('the cut', () => closed);
    });
  });

  it('answers nothing to a body that breaks off, and goes on', async () => {
    const bodies: string[] = [];
    const { port, refused, faults } = await setUp((body) => {
      bodies.push(body.toString());
      return { body: '{}' };
    });
    const socket = connect(port, '127.0.0.1');
    socket.end(head('content-length: 10\r\n\r\n{"a"'));
    await new Promise((resolve) => socket.on('close', resolve).resume());
    expect(await ask(port, { body: '{}' })).toMatchObject({ status: 200 });
    expect([bodies, refused, faults]).toEqual([['{}'], [], []]);
  });
});

const head = (rest: string) =>
  `POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${rest}`;

/** Sends the text and does not end; gives what came back when the answer is whole. */
function raw(port: number, rest: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (!text.endsWith('bytes\n')) return;
      socket.destroy();
      resolve(text);
    });
    socket.write(head(rest));
  });
}
