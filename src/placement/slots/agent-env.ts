import type { EnvVar } from '../../objects/pod.js';
import type { Wished } from '../intent.js';

/**
 * The names among `wishes` whose variable holds an address on the node: read from `status.hostIP`, or referring by
 * `$(NAME)` to a variable that is. A plain value is no such address.
 */
export function agentVariables(
  entries: readonly EnvVar[],
  wishes: readonly Wished<'agentEnv'>[],
): ReadonlySet<string> {
  if (wishes.length === 0) return none;
  const fromNode = new Set<string>();
  for (const entry of entries) {
    const isNodes = entry.valueFrom?.fieldRef?.fieldPath === 'status.hostIP';
    if (isNodes || references(entry).some((name) => fromNode.has(name))) fromNode.add(entry.name);
    else fromNode.delete(entry.name);
  }
  return new Set(wishes.flatMap((wish) => wish.names).filter((name) => fromNode.has(name)));
}

/** The first variable outside `agents` that refers to `name`. */
export function referencedBy(
  name: string,
  entries: readonly EnvVar[],
  agents: ReadonlySet<string>,
): string | undefined {
  return entries.find((entry) => !agents.has(entry.name) && references(entry).includes(name))?.name;
}

/** The names in `$(NAME)`; `$$(NAME)` is text (core/v1 EnvVar.value). */
function references(entry: EnvVar): string[] {
  if (typeof entry.value !== 'string' || !entry.value.includes('$(')) return [];
  return [...entry.value.matchAll(/(\$+)\(([^)]+)\)/g)]
    .filter(([, dollars]) => (dollars ?? '').length % 2 === 1)
    .map(([, , name]) => name ?? '');
}

const none: ReadonlySet<string> = new Set();
