import { connect, type TLSSocket } from 'node:tls';

export interface Target {
  readonly port: number;
  readonly path: string;
  /** PEM. */
  readonly ca: string;
}

/** A POST as the API server's Go client writes it, in one piece. */
export function toRequest(path: string, body: string): Buffer {
  const head = [
    `POST ${path}?timeout=10s HTTP/1.1`,
    'Host: localhost',
    'User-Agent: kube-apiserver-admission',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Accept: application/json, */*',
    'Content-Type: application/json',
    'Accept-Encoding: gzip',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

export interface Response {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * One keep-alive HTTP/1.1 connection over TLS, one request at a time. By hand, so that the client costs little beside
 * what it measures. It reads answers with a content-length, as all three servers send them, and no others.
 */
export class Connection {
  readonly #socket: TLSSocket;
  #received: Buffer[] = [];
  #size = 0;
  /** Bytes of the whole answer; 0 until its head is there. */
  #expected = 0;
  #answered: ((response: Response) => void) | undefined;
  #failed: (error: Error) => void = () => undefined;

  static open({ port, ca }: Target): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' }, () => {
        socket.off('error', reject);
        resolve(new Connection(socket));
      });
      socket.once('error', reject);
    });
  }

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#receive(chunk);
    });
    socket.on('error', (error: Error) => {
      this.#failed(error);
    });
    socket.on('close', () => {
      this.#failed(new Error('the server closed the connection'));
    });
  }

  send(request: Buffer): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#failed = () => undefined;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#size += chunk.length;
    if (this.#expected === 0) this.#expected = lengthOf(Buffer.concat(this.#received));
    if (this.#expected === 0 || this.#size < this.#expected) return;
    const whole = Buffer.concat(this.#received);
    this.#received = [];
    this.#size = 0;
    this.#expected = 0;
    const status = Number(whole.toString('latin1', 9, 12));
    this.#answered?.({ status, body: whole.subarray(whole.indexOf(endOfHead) + endOfHead.length) });
  }
}

const endOfHead = Buffer.from('\r\n\r\n');

/** Of head and body together; 0 while the head is not all there. */
function lengthOf(start: Buffer): number {
  const end = start.indexOf(endOfHead);
  if (end === -1) return 0;
  const length = /^content-length: *(\d+)/im.exec(start.toString('latin1', 0, end))?.[1];
  if (length === undefined)
    throw new Error(`an answer without a length:\n${start.toString('latin1', 0, end)}`);
  return end + endOfHead.length + Number(length);
}
