import type { Json, JsonObject } from '../../objects/json.js';
import type { Kind, Kinds } from '../kinds/kind.js';

/** What this API server says it is: that of the version whose rules it follows. */
export const version = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.0+tidegate.box',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'box',
};

/** GET /api */
export const apiVersions: Json = {
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [],
};

/** Groups in the order they were added, each with its versions, the preferred one first. */
function groupsOf(kinds: Kinds): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { group, version: served } of kinds.all()) {
    const versions = groups.get(group) ?? [];
    if (!versions.includes(served)) versions.push(served);
    groups.set(group, versions);
  }
  return groups;
}

/** GET /apis */
export function groupList(kinds: Kinds): Json {
  const groups = [...groupsOf(kinds)].filter(([group]) => group !== '');
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groups.map(([group, versions]) => groupOf(group, versions)),
  };
}

/** GET /apis/{group}; undefined where it is not served */
export function group(kinds: Kinds, name: string): Json | undefined {
  const versions = groupsOf(kinds).get(name);
  return versions === undefined
    ? undefined
    : { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(name, versions) };
}

function groupOf(name: string, versions: readonly string[]): JsonObject {
  const all = versions.map((one) => ({ groupVersion: `${name}/${one}`, version: one }));
  return { name, versions: all, preferredVersion: all[0] ?? null };
}

/** GET /api/v1 and /apis/{group}/{version}; undefined where it is not served */
export function resourceList(kinds: Kinds, groupName: string, versionName: string): Json | undefined {
  const own = kinds.all().filter((kind) => kind.group === groupName && kind.version === versionName);
  const [first] = own;
  if (first === undefined) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: first.apiVersion,
    resources: own.flatMap(resourcesOf),
  };
}

function resourcesOf(kind: Kind): readonly JsonObject[] {
  const main = {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: kind.verbs,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
  };
  const subresources = kind.subresources.map((sub) => ({
    name: `${kind.plural}/${sub.name}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...(sub.group === kind.group ? {} : { group: sub.group, version: sub.version }),
    kind: sub.kind,
    verbs: sub.verbs,
  }));
  return [main, ...subresources];
}

/** GET /api and /apis, aggregated (apidiscovery.k8s.io/v2). */
export function aggregated(kinds: Kinds, core: boolean): Json {
  const groups = [...groupsOf(kinds)].filter(([name]) => (name === '') === core);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(([name, versions]) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map((one) => ({
        version: one,
        freshness: 'Current',
        resources: kinds
          .all()
          .filter((kind) => kind.group === name && kind.version === one)
          .map(discoveryOf),
      })),
    })),
  };
}

const discoveryOf = (kind: Kind): JsonObject => ({
  resource: kind.plural,
  responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
  scope: kind.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: kind.singular,
  verbs: kind.verbs,
  ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
  ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
  ...(kind.subresources.length === 0
    ? {}
    : {
        subresources: kind.subresources.map((sub) => ({
          subresource: sub.name,
          responseKind: { group: sub.group, version: sub.version, kind: sub.kind },
          verbs: sub.verbs,
        })),
      }),
});
