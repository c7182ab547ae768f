import type { CompiledPolicy } from '../../placement/compile.js';
import type { Snapshot } from '../../placement/snapshot.js';
import { formatPath } from '../../policy/fault.js';
import { lintPolicies } from '../../policy/lint.js';
import type { Policy } from '../../policy/policy.js';

/** What is allowed in a policy and will not do what it looks like, a line each; found once for each snapshot. */
export function createWarnings(snapshot: () => Snapshot | undefined): (policy: string) => readonly string[] {
  let known: Snapshot['index'] | undefined;
  let found: ReadonlyMap<string, readonly string[]> = new Map();
  return (policy) => {
    const index = snapshot()?.index;
    if (index !== known) {
      known = index;
      found = index === undefined ? new Map() : warningsOf(index);
    }
    return found.get(policy) ?? [];
  };
}

function warningsOf({ ordered, byName }: Snapshot['index']): ReadonlyMap<string, readonly string[]> {
  const notOffered = ({ metadata }: Policy) => {
    const matcher = byName.get(metadata.name);
    return matcher === undefined ? [] : notOfferedBy(matcher.compiled);
  };
  const warnings = lintPolicies(
    ordered.map(({ policy }) => policy),
    { notOffered, knowsNamespaces: true },
  );
  const lines = new Map<string, string[]>();
  for (const { policy, path, message } of warnings)
    lines.set(policy, [...(lines.get(policy) ?? []), `${formatPath(path)}: ${message}`]);
  return lines;
}

const notOfferedBy = (compiled: CompiledPolicy) => compiled.intentFor(compiled.chosen).slots.notOffered;
