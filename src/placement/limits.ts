import { AppError } from '../errors.js';
import type { JsonObject } from '../objects/json.js';
import { stringMapAt } from '../objects/read.js';

/** Bytes of all annotations of one object together: `TotalAnnotationSizeLimitB` in apimachinery's validation. */
export const maxAnnotationBytes = 256 * 1024;

/** Bytes of an object as JSON that we still patch: etcd's default request limit is 1.5 MiB, less some room. */
export const maxObjectBytes = 1_400_000;

/** @throws {AppError} annotations-too-large, where the annotations of `metadata` pass the API server's limit. */
export function checkAnnotations(metadata: JsonObject, path: string): void {
  const annotations = stringMapAt(metadata, 'annotations', path);
  let bytes = 0;
  for (const key of Object.keys(annotations)) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(annotations[key] ?? '');
  }
  if (bytes > maxAnnotationBytes) {
    throw new AppError(
      'annotations-too-large',
      `${path}/annotations: expected at most ${maxAnnotationBytes} bytes with ours, got ${bytes}`,
    );
  }
}

/** @throws {AppError} object-too-large, where `object` would pass what etcd takes. `atMost` is an upper bound of its bytes. */
export function checkObject(object: JsonObject, atMost: number): void {
  if (atMost <= maxObjectBytes) return;
  const bytes = Buffer.byteLength(JSON.stringify(object));
  if (bytes > maxObjectBytes) {
    throw new AppError(
      'object-too-large',
      `expected an object of at most ${maxObjectBytes} bytes, got ${bytes}`,
    );
  }
}
