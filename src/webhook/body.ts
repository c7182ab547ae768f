import type { IncomingMessage } from 'node:http';

/**
 * Reads a body of at most `limit` bytes and hands it over in one piece; `undefined` as soon as it is known to be
 * larger, by its content-length or by what came. A request that breaks off calls nothing: nobody is there to answer.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  done: (body: Buffer | undefined) => void,
): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) {
    done(undefined);
    return;
  }
  let chunks: Buffer[] = [];
  let size = 0;
  const collect = (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) {
      chunks.push(chunk);
      return;
    }
    chunks = [];
    request.off('data', collect).off('end', end);
    done(undefined);
  };
  const end = () => {
    const [first, ...more] = chunks;
    done(first !== undefined && more.length === 0 ? first : Buffer.concat(chunks, size));
  };
  request.on('data', collect).on('end', end);
}
