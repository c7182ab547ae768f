import { fitsNode } from '../objects/node-affinity.js';
import type { Taint } from '../objects/pod.js';
import { tolerates } from '../objects/toleration.js';
import type { Amount } from '../objects/resources.js';
import { refuseFor, type Refused } from '../placement/gate.js';
import type { PodFacts } from '../placement/pod-facts.js';
import type { Provider } from '../providers/provider.js';
import type { SchedulerNode } from './node.js';
import type { HostPort, SchedulerPod } from './pod.js';
import type { Room } from './rooms.js';

/**
 * Why a pod may not go to a node, in kube-scheduler's words where it has some. What labels and taints decide is asked
 * once for all pods that choose alike.
 */
export interface Filters {
  refusal(pod: SchedulerPod, room: Room, headroom: number): string | undefined;
}

const unschedulableTaint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

export function createFilters(): Filters {
  const known = new WeakMap<SchedulerNode, Map<string, string | undefined>>();

  function byChoice(pod: SchedulerPod, node: SchedulerNode): string | undefined {
    let answers = known.get(node);
    if (answers === undefined) known.set(node, (answers = new Map<string, string | undefined>()));
    if (answers.has(pod.choice)) return answers.get(pod.choice);
    // Policies have few choices; names in node affinity may have many.
    if (answers.size > 1000) answers.clear();
    const answer = untolerated(pod, node) ?? mismatch(pod, node);
    answers.set(pod.choice, answer);
    return answer;
  }

  const gates = new WeakMap<PodFacts, Map<Provider, string | undefined>>();

  /** The nodes of a provider all say the same. */
  function byProvider({ facts }: SchedulerPod, { providers: [provider] }: SchedulerNode): string | undefined {
    if (provider === undefined) return undefined;
    let answers = gates.get(facts);
    if (answers === undefined) gates.set(facts, (answers = new Map<Provider, string | undefined>()));
    if (!answers.has(provider)) answers.set(provider, gate(facts, provider));
    return answers.get(provider);
  }

  return {
    refusal: (pod, room, headroom) =>
      byChoice(pod, room.node) ??
      shortage(pod, room, headroom) ??
      portTaken(pod.hostPorts, room.hostPorts) ??
      byProvider(pod, room.node),
  };
}

function untolerated({ spec: { tolerations = [] } }: SchedulerPod, node: SchedulerNode): string | undefined {
  const isTolerated = (taint: Taint) => tolerations.some((toleration) => tolerates(toleration, taint));
  if (node.isCordoned && !isTolerated(unschedulableTaint)) return 'node(s) were unschedulable';
  const taint = node.taints.find((one) => !isTolerated(one));
  return taint && `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
}

const mismatch = ({ spec }: SchedulerPod, { name, labels }: SchedulerNode): string | undefined =>
  fitsNode(spec, { metadata: { name, labels } })
    ? undefined
    : "node(s) didn't match Pod's node affinity/selector";

const amounts = [
  ['cpu', 'Insufficient cpu'],
  ['memory', 'Insufficient memory'],
  ['storage', 'Insufficient ephemeral-storage'],
] as const satisfies readonly (readonly [keyof Amount, string])[];

/** `headroom`: the part of the node that is left free, 0 to 1. */
function shortage(
  { requests }: SchedulerPod,
  { node, used, pods }: Room,
  headroom: number,
): string | undefined {
  if (pods + 1 > node.podLimit) return 'Too many pods';
  const [, text] =
    amounts.find(
      ([name]) =>
        requests[name] > 0 &&
        used[name] + requests[name] > Math.floor(node.allocatable[name] * (1 - headroom)),
    ) ?? [];
  return text;
}

function portTaken(wanted: readonly HostPort[], taken: readonly HostPort[]): string | undefined {
  const clash = wanted.some((one) => taken.some((other) => clashes(one, other)));
  return clash ? "node(s) didn't have free ports for the requested pod ports" : undefined;
}

const clashes = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port &&
  a.protocol === b.protocol &&
  (a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0');

/** What its provider cannot run. The webhook asks this before; a pod may have named this scheduler by itself. */
function gate(facts: PodFacts, provider: Provider): string | undefined {
  const refused = refuseFor(provider, facts, { bound: false, takesAway: [], annotates: new Set() });
  return refused && `node(s) of ${provider.name} cannot run it (${textOf(refused)})`;
}

const textOf = ({ because, where }: Refused): string =>
  where === undefined ? because : `${because}: ${where}`;
