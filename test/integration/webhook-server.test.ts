import { Agent } from 'node:https';
import { connect as tcpConnect } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PemPair } from '../../src/certs/issue.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { admissionMetrics, createRegistry } from '../../src/telemetry/metrics.js';
import { createWebhookServer, type WebhookServerOptions } from '../../src/webhook/server.js';
import { clientCertificate, serverCertificate, testCertificates } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { listen, send } from '../support/https.js';

let ca: PemPair;
let pair: PemPair;
beforeAll(async () => {
  ({ ca, server: pair } = await testCertificates());
});

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function setUp(options: Partial<WebhookServerOptions> = {}) {
  const registry = createRegistry({ version: 'test' });
  const webhook = createWebhookServer({
    routes: { '/mutate': (body) => ({ body: body.toString() }) },
    tls: pair,
    log: createLogger({ component: 'test', level: 'silent' }),
    metrics: admissionMetrics(registry),
    ...options,
  });
  const port = await listen(webhook.server);
  open.push(() => {
    webhook.server.closeAllConnections();
    webhook.server.close();
  });
  return { webhook, port, registry };
}

function keepAlive(): Agent {
  const agent = new Agent({ keepAlive: true, ca: ca.cert, maxSockets: 1 });
  open.push(() => {
    agent.destroy();
  });
  return agent;
}

describe('the TLS port', () => {
  it('answers, and keeps the connection for longer than the API server does', async () => {
    const { port } = await setUp();
    const agent = keepAlive();
    const first = await send({ port, agent, payload: '{}' });
    expect(first).toMatchObject({ status: 200, body: '{}', headers: { 'keep-alive': 'timeout=120' } });
    const second = await send({ port, agent, payload: '[]' });
    expect(second).toMatchObject({ status: 200, body: '[]' });
  });

  it('does not count the time that a connection is idle as time of a request', async () => {
    const { port } = await setUp({
      timeouts: { headersTimeout: 20, requestTimeout: 40, connectionsCheckingInterval: 5 },
    });
    const agent = keepAlive();
    await send({ port, agent, payload: '{}' });
    const [idle] = Object.values(agent.freeSockets).flat();
    const slow = await tls(port);
    let cut = false;
    slow.on('close', () => (cut = true)).resume();
    slow.write('POST /mutate HTTP/1.1\r\n');
    await eventually('the cut of a slow request', () => cut);
    expect(idle?.destroyed).toBe(false);
    expect(await send({ port, agent, payload: '[]' })).toMatchObject({ status: 200 });
    expect(Object.values(agent.freeSockets).flat()).toEqual([idle]);
  });

  it('speaks TLS 1.3 and refuses 1.2, and counts the refusal', async () => {
    const { port, registry } = await setUp();
    await expect(send({ port, ca: ca.cert, maxVersion: 'TLSv1.2' })).rejects.toThrow('protocol version');
    expect(await registry.metrics()).toContain('tidegate_tls_handshake_failures_total 1');
  });

  it('speaks TLS 1.2 where it may', async () => {
    const { port } = await setUp({ minVersion: 'TLSv1.2' });
    const answer = await send({ port, ca: ca.cert, maxVersion: 'TLSv1.2', payload: '{}' });
    expect(answer.status).toBe(200);
  });

  it('takes a body of 7 MiB and refuses one of 8 MiB with 413, by length or in chunks', async () => {
    const { port, registry } = await setUp();
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    const whole = (count: number) => Buffer.concat(Array.from({ length: count }, () => mebibyte));
    expect(await send({ port, ca: ca.cert, payload: whole(7) })).toMatchObject({ status: 200 });
    expect(await send({ port, ca: ca.cert, payload: whole(8) })).toMatchObject({ status: 413 });
    const chunks = Array.from({ length: 8 }, () => mebibyte);
    expect(await send({ port, ca: ca.cert, payload: chunks })).toMatchObject({ status: 413 });
    expect(await registry.metrics()).toContain('tidegate_http_refusals_total{reason="too-large"} 2');
  });

  it('answers 200 connections at once', async () => {
    const { port } = await setUp();
    const payload = JSON.stringify({ text: 'x'.repeat(20_000) });
    const requests = Array.from({ length: 200 }, () => send({ port, ca: ca.cert, agent: false, payload }));
    const answers = await Promise.all(requests);
    expect(answers.filter(({ status, body }) => status === 200 && body === payload)).toHaveLength(200);
  });
});

describe('slow and half-open connections', () => {
  it('end when their time is over, and hold nobody meanwhile', async () => {
    const { port } = await setUp({
      timeouts: {
        headersTimeout: 100,
        requestTimeout: 200,
        handshakeTimeout: 200,
        connectionsCheckingInterval: 20,
      },
    });
    const ended = new Set<string>();
    const idle = tcpConnect(port, '127.0.0.1');
    track('without a handshake', idle);
    const partial = 'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
    for (const [name, text] of [
      ['with half a header', partial],
      ['with half a body', `${partial}content-length: 10\r\n\r\n{"a"`],
    ] as const) {
      const socket = await tls(port);
      track(name, socket);
      socket.write(text);
    }
    function track(name: string, socket: { on(event: string, fn: () => void): unknown }) {
      socket.on('error', () => undefined);
      socket.on('data', () => undefined);
      socket.on('close', () => ended.add(name));
    }
    expect(await send({ port, ca: ca.cert, payload: '{}' })).toMatchObject({ status: 200 });
    expect(ended.size).toBe(0);
    await eventually('the end of all three', () => ended.size === 3);
    expect(await send({ port, ca: ca.cert, payload: '{}' })).toMatchObject({ status: 200 });
  });

  it('answers a client that has closed its half after the request', async () => {
    const { port } = await setUp();
    const socket = await tls(port);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.end(
      'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
    );
    await eventually('the answer', () => text.endsWith('{}'));
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['two lengths', 'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    [
      'a length and chunks',
      'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n',
    ],
    [
      'a chunk size that is none',
      'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    ],
    ['a length below zero', 'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n'],
  ])('ends a connection that sends %s with 400', async (_, bytes) => {
    const { port } = await setUp();
    const socket = await tls(port);
    let text = '';
    let closed = false;
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('close', () => (closed = true));
    socket.write(bytes);
    await eventually('the end', () => closed);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  });
});

function tls(port: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ca: ca.cert, servername: 'localhost' }, () => {
      resolve(socket);
    });
    open.push(() => socket.destroy());
    socket.on('error', reject);
  });
}

describe('client certificates', () => {
  let signed: PemPair;
  let named: PemPair;
  let stranger: PemPair;
  let foreign: PemPair;
  beforeAll(async () => {
    const other = await testCertificates();
    [signed, named, stranger, foreign] = await Promise.all([
      clientCertificate(ca, 'kube-apiserver'),
      clientCertificate(ca, 'other', ['kube-apiserver']),
      clientCertificate(ca, 'intruder', ['kube-apiserver.example']),
      clientCertificate(other.ca, 'kube-apiserver'),
    ]);
  });

  const ask = (port: number, client?: PemPair) => send({ port, ca: ca.cert, ...client, payload: '{}' });

  it('are not asked for by default', async () => {
    const { port } = await setUp();
    expect(await ask(port)).toMatchObject({ status: 200 });
  });

  it('must be signed by the authority where there is one', async () => {
    const { port } = await setUp({ tls: { ...pair, clientCa: ca.cert } });
    expect(await ask(port, signed)).toMatchObject({ status: 200 });
    expect(await ask(port, stranger)).toMatchObject({ status: 200 });
    await expect(ask(port, foreign)).rejects.toThrow();
    await expect(ask(port)).rejects.toThrow();
  });

  it('must carry the subject where one is given, as common name or alternative name', async () => {
    const { port, registry } = await setUp({
      tls: { ...pair, clientCa: ca.cert },
      clientSubject: 'kube-apiserver',
    });
    expect(await ask(port, signed)).toMatchObject({ status: 200 });
    expect(await ask(port, named)).toMatchObject({ status: 200 });
    expect(await ask(port, stranger)).toMatchObject({ status: 403 });
    expect(await registry.metrics()).toContain('tidegate_http_refusals_total{reason="client-subject"} 1');
  });

  it('are still asked for after a renewal', async () => {
    const { port, webhook } = await setUp({ tls: { ...pair, clientCa: ca.cert } });
    webhook.renew({ ...(await serverCertificate(ca)), clientCa: ca.cert });
    expect(await ask(port, signed)).toMatchObject({ status: 200 });
    await expect(ask(port)).rejects.toThrow();
    await expect(send({ port, ca: ca.cert, ...signed, maxVersion: 'TLSv1.2' })).rejects.toThrow(
      'protocol version',
    );
  });
});

describe('renewal', () => {
  it('gives new connections the new certificate and leaves the others alone, without a failed request', async () => {
    const { port, webhook } = await setUp();
    const next = await serverCertificate(ca);
    const agent = keepAlive();
    await send({ port, agent, payload: '{}' });
    let running = true;
    let answered = 0;
    const load = Array.from({ length: 4 }, async () => {
      while (running) {
        const { status } = await send({ port, ca: ca.cert, agent: false, payload: '{}' });
        if (status !== 200) throw new Error(`status ${status}`);
        answered += 1;
      }
    });
    await eventually('some answers', () => answered > 20);
    webhook.renew(next);
    const renewedAt = answered;
    await eventually('more answers', () => answered > renewedAt + 20);
    running = false;
    await Promise.all(load);
    expect(await servedCertificate(port)).toBe(next.cert.replaceAll('\r', ''));
    expect(await send({ port, agent, payload: '{}' })).toMatchObject({ status: 200 });
  });

  it('refuses a pair that does not fit, and serves on with the old one', async () => {
    const { port, webhook } = await setUp();
    const next = await serverCertificate(ca);
    expect(() => {
      webhook.renew({ cert: next.cert, key: pair.key });
    }).toThrow('key values mismatch');
    expect(await servedCertificate(port)).toBe(pair.cert.replaceAll('\r', ''));
    expect(await send({ port, ca: ca.cert, payload: '{}' })).toMatchObject({ status: 200 });
  });
});

async function servedCertificate(port: number): Promise<string | undefined> {
  const socket = await tls(port);
  return socket.getPeerX509Certificate()?.toString();
}
