import { builtinSchema } from './builtin.js';
import { eventFromStorage, eventToStorage } from './events.js';
import type { Kind, Subresource } from './kind.js';
import { coreRows, every, groupRows } from './rows.js';
import type { Row } from './rows.js';

/** Every built-in kind that the box serves, in the order of the API server's discovery. */
export function builtinKinds(): readonly Kind[] {
  return [
    ...coreRows.map((row) => kindOf('', 'v1', row)),
    ...Object.entries(groupRows).flatMap(([apiVersion, rows]) => {
      const [group = '', version = ''] = apiVersion.split('/');
      return rows.map((row) => kindOf(group, version, row));
    }),
  ];
}

const usual = {
  cluster: false,
  short: [],
  all: false,
  sub: [],
  counts: false,
  createsOnPut: false,
  needsRevision: false,
  verbs: every,
  fields: [],
} satisfies Partial<Row>;

function kindOf(group: string, version: string, given: Row): Kind {
  const row = { ...usual, ...given };
  const resource = group === '' ? row.plural : `${row.plural}.${group}`;
  const foreign = row.storage !== undefined;
  return {
    group,
    version,
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind: row.kind,
    listKind: `${row.kind}List`,
    plural: row.plural,
    singular: row.kind.toLowerCase(),
    resource,
    storage: row.storage ?? resource,
    namespaced: !row.cluster,
    shortNames: row.short,
    categories: row.categories ?? (row.all ? ['all'] : []),
    subresources: row.sub.map((name) => subresourceOf(group, version, row.kind, name)),
    schema: builtinSchema(row.model ?? `V1${row.kind}`),
    counts: row.counts,
    createsOnPut: row.createsOnPut,
    needsRevision: row.needsRevision,
    verbs: row.verbs,
    fields: row.fields,
    fromStorage: foreign ? eventFromStorage : (object) => object,
    toStorage: foreign ? eventToStorage : (object) => object,
  };
}

function subresourceOf(group: string, version: string, kind: string, name: string): Subresource {
  switch (name) {
    case 'scale':
      return { name, group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] };
    case 'binding':
      return { name, group: '', version: 'v1', kind: 'Binding', verbs: ['create'] };
    case 'eviction':
      return { name, group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] };
    case 'finalize':
      return { name, group, version, kind, verbs: ['update'] };
    default:
      return { name, group, version, kind, verbs: ['get', 'patch', 'update'] };
  }
}
