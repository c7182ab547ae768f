import { admissionTable, type AdmissionRow } from '../objects/admission.js';
import type { JsonObject } from '../objects/json.js';
import { fault, warning, type Finding, type Names } from './check.js';
import { objectsAt, textAt, textsAt } from './look.js';
import { putBack } from './remedies.js';

/** Something that a webhook is asked about. */
interface Asked {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly operation: string;
}

/** What a webhook is not asked about though it answers it, and what it is asked about in vain. */
export function ruleFaults(
  hook: JsonObject,
  changes: AdmissionRow['changes'],
  names: Names,
): readonly Finding[] {
  const wanted = askedBy(changes);
  const rules = objectsAt(hook, 'rules');
  const missing = wanted.filter((asked) => !rules.some((rule) => covers(rule, asked)));
  const extra = rules.flatMap(expand).filter((asked) => !wanted.some((one) => textOf(one) === textOf(asked)));
  return [
    ...(missing.length === 0
      ? []
      : [fault(`the rules lack ${missing.map(textOf).join(', ')}: these pass unchanged`, putBack(names))]),
    ...(extra.length === 0
      ? []
      : [
          warning(
            `the rules ask also about ${extra.map(textOf).join(', ')}: every such write waits for an answer that changes nothing`,
            putBack(names),
          ),
        ]),
  ];
}

function askedBy(changes: AdmissionRow['changes']): readonly Asked[] {
  const rows: readonly AdmissionRow[] = admissionTable;
  return rows
    .filter((row) => row.changes === changes)
    .flatMap(({ group, version, resource, operations }) =>
      operations.map((operation) => ({ group, version, resource, operation })),
    );
}

function covers(rule: JsonObject, { group, version, resource, operation }: Asked): boolean {
  const has = (field: string, ...words: readonly string[]) =>
    textsAt(rule, field).some((word) => words.includes(word));
  const [plural = '', subresource] = resource.split('/');
  const everyOne = subresource === undefined ? ['*', '*/*'] : ['*/*', `${plural}/*`, `*/${subresource}`];
  return (
    has('apiGroups', group, '*') &&
    has('apiVersions', version, '*') &&
    has('resources', resource, ...everyOne) &&
    has('operations', operation, '*') &&
    textAt(rule, 'scope') !== 'Cluster'
  );
}

const expand = (rule: JsonObject): readonly Asked[] =>
  textsAt(rule, 'apiGroups').flatMap((group) =>
    textsAt(rule, 'apiVersions').flatMap((version) =>
      textsAt(rule, 'resources').flatMap((resource) =>
        textsAt(rule, 'operations').map((operation) => ({ group, version, resource, operation })),
      ),
    ),
  );

const textOf = ({ group, version, resource, operation }: Asked): string =>
  `${operation} of ${group === '' ? version : `${group}/${version}`} ${resource}`;
