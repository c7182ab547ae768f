import type { Server } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface TestRequest extends RequestOptions {
  /** Written in one piece with a content-length, or piece by piece as chunks. */
  readonly payload?: string | Buffer | readonly (string | Buffer)[];
}

/** One HTTPS request; by default a POST of JSON. Rejects where no whole answer came. */
export function send({ payload = '', ...options }: TestRequest): Promise<TestAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        method: 'POST',
        path: '/mutate',
        ...options,
        headers: headersOf(payload, options),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const body = Buffer.concat(chunks).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
        });
      },
    );
    outgoing.on('error', reject);
    if (typeof payload === 'string' || Buffer.isBuffer(payload)) outgoing.end(payload);
    else {
      for (const piece of payload) outgoing.write(piece);
      outgoing.end();
    }
  });
}

function headersOf(payload: TestRequest['payload'], { headers }: RequestOptions) {
  const whole = typeof payload === 'string' || Buffer.isBuffer(payload);
  const size = whole ? { 'content-length': String(Buffer.byteLength(payload)) } : {};
  return { 'content-type': 'application/json', ...size, ...(headers as Record<string, string> | undefined) };
}

/** Listens on a free port of 127.0.0.1. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}
