import { hasSubresource } from '../kinds/kind.js';
import type { Kind, Kinds } from '../kinds/kind.js';

/** What a path means. */
export type Route =
  | {
      readonly type: 'resource';
      readonly kind: Kind;
      /** '' for the object itself. */
      readonly subresource: string;
      /** '' for all namespaces and for cluster-scoped kinds. */
      readonly namespace: string;
      /** '' for the collection. */
      readonly name: string;
      /** The deprecated `/watch/` prefix. */
      readonly watch: boolean;
    }
  | { readonly type: 'path'; readonly path: string }
  /** Under /api or /apis, but no such resource: a Status where the version is served, a plain 404 else. */
  | { readonly type: 'none'; readonly served: boolean };

/** @param path as it came, without the query */
export function routeOf(kinds: Kinds, path: string): Route {
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent);
  const rest = resourceSegments(segments);
  if (rest === undefined) return { type: 'path', path };
  const { group, version } = rest;
  const watch = rest.segments[0] === 'watch';
  const own = watch ? rest.segments.slice(1) : rest.segments;
  const found = inNamespace(kinds, group, version, own) ?? atTop(kinds, group, version, own);
  if (found !== undefined) return { ...found, watch };
  return {
    type: 'none',
    served: kinds.all().some((kind) => kind.group === group && kind.version === version),
  };
}

interface Versioned {
  readonly group: string;
  readonly version: string;
  readonly segments: readonly string[];
}

/** What follows the version; undefined for discovery and everything that is no API path. */
function resourceSegments(segments: readonly string[]): Versioned | undefined {
  const [root = '', ...rest] = segments;
  const [group = '', version = ''] = root === 'api' ? ['', rest[0]] : rest;
  const after = rest.slice(root === 'api' ? 1 : 2);
  if ((root !== 'api' && root !== 'apis') || after.length === 0) return undefined;
  return { group, version, segments: after };
}

type Found = Omit<Extract<Route, { type: 'resource' }>, 'watch'>;

/** /namespaces/{namespace}/{plural}[/{name}[/{subresource}]] */
function inNamespace(
  kinds: Kinds,
  group: string,
  version: string,
  segments: readonly string[],
): Found | undefined {
  if (segments[0] !== 'namespaces' || segments.length < 3 || segments.length > 5) return undefined;
  const [namespace, plural, name, subresource] = four(segments.slice(1));
  const kind = kinds.find(group, version, plural);
  if (kind === undefined || !kind.namespaced || !hasIt(kind, subresource)) return undefined;
  return { type: 'resource', kind, subresource, namespace, name };
}

const four = ([a = '', b = '', c = '', d = '']: readonly string[]): readonly [
  string,
  string,
  string,
  string,
] => [a, b, c, d];

/** /{plural}[/{name}[/{subresource}]]: cluster-scoped kinds, and collections over all namespaces */
function atTop(kinds: Kinds, group: string, version: string, segments: readonly string[]): Found | undefined {
  const [plural = '', name = '', subresource = '', ...more] = segments;
  const kind = kinds.find(group, version, plural);
  if (kind === undefined || more.length > 0 || !hasIt(kind, subresource)) return undefined;
  if (kind.namespaced && name !== '') return undefined;
  return { type: 'resource', kind, subresource, namespace: '', name };
}

const hasIt = (kind: Kind, subresource: string): boolean =>
  subresource === '' || hasSubresource(kind, subresource);
