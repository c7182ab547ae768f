import { isObject, typeName } from '../objects/json.js';
import { parseJson, unlike } from './parse.js';
import type { Asked } from './status.js';

/** What an API server says it is. */
export interface ServerVersion {
  /** `v1.30.4-gke.1348000`: clouds add words of their own. */
  readonly gitVersion: string;
  readonly major: number;
  readonly minor: number;
}

/** @throws KubeError `server`: what came is no version. */
export function parseVersion(asked: Asked, text: string): ServerVersion {
  const value = parseJson(asked, text);
  const gitVersion = isObject(value) ? value['gitVersion'] : undefined;
  if (typeof gitVersion !== 'string') throw unlike(asked, 'a gitVersion', typeName(gitVersion));
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  if (major === undefined || minor === undefined)
    throw unlike(asked, 'a version as v1.30.0', JSON.stringify(gitVersion));
  return { gitVersion, major: Number(major), minor: Number(minor) };
}
