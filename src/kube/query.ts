import type { JsonObject } from '../objects/json.js';

/** Which objects. Selectors as the API server reads them: `a=b,c in (d,e)`. */
export interface ListQuery {
  /** Default: every namespace. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Objects a page at most. Default: the server's, which is all of them. */
  readonly limit?: number;
  /** The token of the page before. */
  readonly continue?: string;
  readonly resourceVersion?: string;
  /**
   * Only apiVersion, kind and metadata of each object: half the bytes of a pod, a third of the time to parse. No
   * spec and no status, so no node and no phase. Default false.
   */
  readonly metadataOnly?: boolean;
}

interface Parameters extends ListQuery {
  readonly watch?: boolean;
  readonly allowWatchBookmarks?: boolean;
  readonly timeoutSeconds?: number;
}

export function listQuery(query: Parameters): string {
  const names = [
    'labelSelector',
    'fieldSelector',
    'limit',
    'continue',
    'resourceVersion',
    'watch',
    'allowWatchBookmarks',
    'timeoutSeconds',
  ] as const;
  return textOf(names.map((name) => [name, query[name]]));
}

interface WriteParameters {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: string;
  readonly force?: boolean;
}

export function writeQuery(options: WriteParameters): string {
  return textOf([
    ['dryRun', options.dryRun === true ? 'All' : undefined],
    ['fieldManager', options.fieldManager],
    ['fieldValidation', options.fieldValidation],
    ['force', options.force],
  ]);
}

function textOf(pairs: readonly (readonly [string, string | number | boolean | undefined])[]): string {
  const parts = pairs.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

interface DeleteParameters {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: string;
  readonly gracePeriodSeconds?: number;
}

export function deleteBody({
  preconditions,
  propagationPolicy,
  gracePeriodSeconds,
}: DeleteParameters): JsonObject {
  return { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy, gracePeriodSeconds };
}

/** The media type of each way to patch. */
export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** Plain JSON stays as the second choice: an aggregated API may not know how to trim. */
export function acceptOf(what: 'object' | 'list', metadataOnly = false): string {
  if (!metadataOnly) return 'application/json';
  const kind = what === 'list' ? 'PartialObjectMetadataList' : 'PartialObjectMetadata';
  return `application/json;as=${kind};g=meta.k8s.io;v=v1,application/json`;
}
