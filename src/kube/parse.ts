import { isObject, typeName } from '../objects/json.js';
import { KubeError } from './errors.js';
import { isKubeObject, type KubeObject } from './object.js';
import type { Asked } from './status.js';

/** One page of a list. */
export interface Page {
  /** As they came; those of a typed list bear no apiVersion and kind. */
  readonly items: readonly KubeObject[];
  /** Of the whole list: the same on all its pages. */
  readonly resourceVersion: string;
  /** The token for the next page; absent on the last. */
  readonly continue?: string;
  /** Length of the page's text, in characters. */
  readonly length: number;
}

/** @throws KubeError `server`: what came is not what the API server sends. */
export function parseObject(asked: Asked, text: string): KubeObject {
  const value = parseJson(asked, text);
  if (!isKubeObject(value)) throw unlike(asked, 'an object with metadata', typeName(value));
  return value;
}

/** @throws KubeError `server`: what came is not what the API server sends. */
export function parsePage(asked: Asked, text: string): Page {
  const value = parseJson(asked, text);
  const metadata = isObject(value) ? value['metadata'] : undefined;
  if (!isObject(value) || !isObject(metadata)) throw unlike(asked, 'a list', typeName(value));
  const items: unknown = value['items'] ?? [];
  if (!Array.isArray(items) || !items.every(isKubeObject)) {
    throw unlike(asked, 'a list of objects with metadata', typeName(items));
  }
  const { resourceVersion, continue: next } = metadata;
  if (typeof resourceVersion !== 'string')
    throw unlike(asked, 'a resourceVersion', typeName(resourceVersion));
  const page = { items, resourceVersion, length: text.length };
  return typeof next === 'string' && next !== '' ? { ...page, continue: next } : page;
}

export function parseJson(asked: Asked, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unlike(asked, 'JSON', `${text.length} characters of something else`, error);
  }
}

export function unlike(asked: Asked, expected: string, came: string, cause?: unknown): KubeError {
  const message = `${asked.method} ${asked.path}: expected ${expected}, came ${came}`;
  return new KubeError(message, { kind: 'server', effect: 'unknown' }, { cause });
}
