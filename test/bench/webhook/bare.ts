/**
 * The bare server: reads the body, parses nothing, sends the same answer to all. POST /<file>: the answer is the text
 * of `<folder>/<file>`, read once.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

const [cert = '', key = '', folder = ''] = process.argv.slice(2);
const answers = new Map(readdirSync(folder).map((file) => [`/${file}`, readFileSync(`${folder}/${file}`)]));

const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const answer = answers.get(request.url?.split('?')[0] ?? '') ?? Buffer.alloc(0);
    response.writeHead(200, ['content-type', 'application/json', 'content-length', String(answer.length)]);
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
