import type { JsonObject } from '../../src/objects/json.js';
import type { EnvVar, NodeSelectorTerm, Toleration } from '../../src/objects/pod.js';
import { templateOf, type WorkloadKind } from '../../src/objects/workload.js';
import type { Policy } from '../../src/policy/policy.js';
import { provider } from './build.js';
import { agentNames } from './additive.js';
import { expand, nodeAddress, resolveEnv } from './kubelet-env.js';

interface Container {
  readonly name: string;
  readonly env?: readonly EnvVar[] | null;
  readonly args?: readonly string[] | null;
}

interface Spec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[] | null;
  readonly tolerations?: readonly Toleration[];
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: {
        readonly nodeSelectorTerms: readonly NodeSelectorTerm[];
      };
    };
  };
}

/** What a placement did to a pod that the user would notice, or failed to do that its node would notice. */
export function placementFaults(before: JsonObject, after: JsonObject, policy: Policy): string[] {
  const [old, placed] = [specOf(before), specOf(after)];
  return [
    ...containersOf(old).flatMap((container, i) => envFaults(container, containersOf(placed)[i], policy)),
    ...nodeFaults(placed, after, policy),
  ];
}

const specOf = (object: JsonObject): Spec =>
  templateOf(object['kind'] as WorkloadKind, object)['spec'] as unknown as Spec;

const containersOf = ({ containers, initContainers }: Spec) => [...containers, ...(initContainers ?? [])];

/** It goes with an endpoint that we set. */
const protocol = 'OTEL_EXPORTER_OTLP_PROTOCOL';

/** Every variable and argument is to read as before, but for those that are given up and what is made of them. */
function envFaults(before: Container, after: Container | undefined, { spec }: Policy): string[] {
  const entries = before.env ?? [];
  const [old, placed] = [resolveEnv(entries), resolveEnv(after?.env ?? [])];
  const isGivenUp = (name: string) =>
    spec.env.some((entry) => entry.name === name && entry.override) ||
    (spec.tracing !== undefined &&
      agentNames.includes(name) &&
      (old.get(name) ?? '').includes(nodeAddress)) ||
    (spec.tracing?.otlp !== undefined && name === protocol);
  const expected = resolveEnv(
    entries.map((entry, i) => {
      const value = placed.get(entry.name);
      const isLast = entries.findLastIndex(({ name }) => name === entry.name) === i;
      return isLast && value !== undefined && isGivenUp(entry.name)
        ? { name: entry.name, value: value.replaceAll('$', '$$$$') }
        : entry;
    }),
  );
  const isGone = (name: string) => !placed.has(name) && isGivenUp(name);
  const changed = [...expected].filter(([name, value]) => !isGone(name) && placed.get(name) !== value);
  const args = (before.args ?? []).filter((text) => {
    const read = expand(text, expected);
    return !read.includes('$(') && expand(text, placed) !== read;
  });
  return [
    ...changed.map(([name]) => `${before.name}: ${name}`),
    ...args.map((text) => `${before.name}: ${text}`),
  ];
}

/** The pod must bear the taints of its node, be bound to it where it may go nowhere else, and start there. */
function nodeFaults(spec: Spec, after: JsonObject, policy: Policy): string[] {
  const annotations = (after['metadata'] as { annotations: Record<string, string> }).annotations;
  const record = JSON.parse(annotations['tidegate.io/placement'] ?? '{}') as { providers: string[] };
  const steered = record.providers.flatMap((name) => {
    const { steering, restrictions } = provider(name);
    return steering.way === 'toleration' ? [{ name, steering, restrictions }] : [];
  });
  if (steered.length === 0) return [];
  const terms =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const isBound = (term: NodeSelectorTerm) =>
    (term.matchExpressions ?? []).length + (term.matchFields ?? []).length === 0 ||
    steered.some(({ steering: { select } }) =>
      select.every(({ key }) => (term.matchExpressions ?? []).some((expression) => expression.key === key)),
    );
  const unbound = policy.spec.placement.type === 'VirtualOnly' && !(terms.length > 0 && terms.every(isBound));
  return [
    ...(unbound ? ['it may go elsewhere'] : []),
    ...steered
      .filter(({ steering }) => steering.tolerations.some((wanted) => !bears(spec.tolerations ?? [], wanted)))
      .map(({ name }) => `${name}: a taint is not tolerated`),
    ...steered.flatMap(({ name, restrictions: { fieldPaths } }) =>
      containersOf(spec)
        .flatMap(({ env }) => env ?? [])
        .map(({ valueFrom }) => valueFrom?.fieldRef?.fieldPath.replace(/\['.*'\]/, '[]'))
        .filter((path) => path !== undefined && fieldPaths !== undefined && !fieldPaths.paths.includes(path))
        .map((path) => `${name}: cannot resolve ${path ?? ''}`),
    ),
  ];
}

/** Tolerated at least for a while: a limit of the user stays. */
const bears = (present: readonly Toleration[], { key, value, effect }: Toleration): boolean =>
  present.some(
    (one) =>
      (one.key === undefined || one.key === key) &&
      ((one.operator ?? 'Equal') === 'Exists' || (one.value ?? '') === (value ?? '')) &&
      (one.effect === undefined || one.effect === effect),
  );
