import { isObject, type Json, type JsonObject } from '../../objects/json.js';
import type { EnvVar } from '../../objects/pod.js';

/**
 * Those of `names` whose variable holds an address on the node: read from `status.hostIP`, or referring by `$(NAME)`
 * to a variable that is. A plain value is no such address.
 */
export function agentVariables(entries: readonly EnvVar[], names: readonly string[]): ReadonlySet<string> {
  if (names.length === 0) return none;
  const fromNode = new Set<string>();
  for (const entry of entries) {
    const isNodes = entry.valueFrom?.fieldRef?.fieldPath === 'status.hostIP';
    if (isNodes || references(entry.value).some((name) => fromNode.has(name))) fromNode.add(entry.name);
    else fromNode.delete(entry.name);
  }
  return fromNode.size === 0 ? none : new Set(names.filter((name) => fromNode.has(name)));
}

/**
 * Those of `agents` that something else in the container refers to, and what: without them it would read `$(NAME)`.
 * Variables in `replaced` refer to nothing any more.
 */
export function keptAgents(
  container: JsonObject,
  entries: readonly EnvVar[],
  agents: ReadonlySet<string>,
  replaced: (name: string) => boolean,
): ReadonlyMap<string, string> {
  const kept = new Map<string, string>();
  const keep = (value: unknown, user: string): boolean => {
    const names = references(value).filter((name) => agents.has(name) && !kept.has(name));
    for (const name of names) kept.set(name, user);
    return names.length > 0;
  };
  for (const [user, value] of otherTexts(container)) keep(value, user);
  // An address that is kept keeps those that it is made of.
  let isGrowing = true;
  while (isGrowing) {
    const staying = entries.filter(({ name }) => !replaced(name) && (kept.has(name) || !agents.has(name)));
    isGrowing = staying.map(({ name, value }) => keep(value, name)).includes(true);
  }
  return kept;
}

/** Where a container's variables are expanded besides other variables (core/v1 Container, VolumeMount). */
function otherTexts(container: JsonObject): [user: string, text: Json | undefined][] {
  const list = (field: string) =>
    Array.isArray(container[field]) ? (container[field] as readonly Json[]) : [];
  return [
    ...['command', 'args'].flatMap((field) => list(field).map((text): [string, Json] => [field, text])),
    ...list('volumeMounts').map((mount): [string, Json | undefined] => [
      'a volumeMount',
      isObject(mount) ? mount['subPathExpr'] : undefined,
    ]),
  ];
}

/** The names in `$(NAME)`; `$$(NAME)` is text (core/v1 EnvVar.value). */
function references(text: unknown): string[] {
  if (typeof text !== 'string' || !text.includes('$(')) return [];
  return [...text.matchAll(/(\$+)\(([^)]+)\)/g)]
    .filter(([, dollars]) => (dollars ?? '').length % 2 === 1)
    .map(([, , name]) => name ?? '');
}

const none: ReadonlySet<string> = new Set();
