import type { Draft } from '../store/object.js';
import { StatusError } from './status.js';

/** etcd's --max-request-bytes default. */
const maxObjectBytes = 1.5 * 1024 * 1024;

/** @throws StatusError in the words of etcd, passed on by the API server */
export function checkSize(object: Draft): void {
  if (roughSize(object) < maxObjectBytes / 4) return;
  const bytes = Buffer.byteLength(JSON.stringify(object));
  if (bytes <= maxObjectBytes) return;
  throw new StatusError(500, '', 'etcdserver: request is too large');
}

/** Characters of the texts, counted without building the JSON. */
function roughSize(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let sum = 0;
  for (const member of Object.values(value)) sum += 8 + roughSize(member);
  return sum;
}
