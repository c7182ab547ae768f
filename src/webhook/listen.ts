import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError, messageOf } from '../errors.js';

/** Listens; the answer is the port, which is another one where `port` is 0. @throws AppError `listen-failed`. */
export function listen(server: Server, port: number, host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: unknown) => {
      const place = `${host ?? 'all addresses'}, port ${port}`;
      reject(
        new AppError('listen-failed', `cannot listen on ${place}: ${messageOf(error)}`, { cause: error }),
      );
    };
    server.once('error', failed);
    server.listen({ port, host }, () => {
      server.off('error', failed);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
