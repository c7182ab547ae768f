import { allowsLabel, isEmptyTerm } from '../objects/affinity.js';
import type { EnvVar, NodeSelectorTerm } from '../objects/pod.js';
import { mirrorPodAnnotation } from '../objects/well-known.js';
import type { Workload } from '../objects/workload.js';
import { hostFeatureReasons, refusalReasons, type Reason } from '../policy/reasons.js';
import { hostFeatures, type LabelFact, type Provider, type Restrictions } from '../providers/provider.js';
import type { FieldFact, PodFacts } from './pod-facts.js';
import { agentVariables, keptAgents } from './slots/agent-env.js';

/** Why a workload is left alone, and where in it the cause is. */
export interface Refused {
  readonly because: Reason;
  readonly where?: string;
}

/** What keeps a workload off every virtual node. */
export function refuse(workload: Workload, facts: PodFacts): Refused | undefined {
  if (workload.deleting) return { because: 'being-deleted' };
  if (workload.controllerKind === 'DaemonSet') return { because: 'daemonset-pod' };
  if (Object.hasOwn(workload.annotations, mirrorPodAnnotation)) return { because: 'mirror-pod' };
  if ((facts.nodeName ?? '') !== '') return { because: 'has-node-name', where: facts.nodeName ?? '' };
  return undefined;
}

/** What the policy would do to a workload, as far as it bears on whether a provider can run it. */
export interface Prospect {
  /** The pod could go nowhere else. */
  readonly bound: boolean;
  /** Variables that the merge takes away where they hold the address of an agent. */
  readonly takesAway: readonly string[];
  /** Annotations that the merge adds. */
  readonly annotates: ReadonlySet<string>;
}

/** What keeps a workload off one provider's nodes. */
export function refuseFor(provider: Provider, facts: PodFacts, prospect: Prospect): Refused | undefined {
  return (
    refuseHost(provider, facts) ??
    refuseListed(provider, facts) ??
    refuseCounts(provider, facts) ??
    refuseUnsized(provider, facts, prospect.annotates) ??
    refuseFields(provider, facts, prospect.takesAway) ??
    (prospect.bound ? refuseSelector(provider, facts) : undefined)
  );
}

function refuseHost({ restrictions }: Provider, facts: PodFacts): Refused | undefined {
  if (facts.host.size === 0) return undefined;
  const allowed = (restrictions.allows ?? []).map(({ feature }) => feature);
  const feature = hostFeatures.find((f) => facts.host.has(f) && !allowed.includes(f));
  return feature && { because: hostFeatureReasons[feature], where: facts.host.get(feature) ?? '' };
}

function refuseListed({ restrictions }: Provider, facts: PodFacts): Refused | undefined {
  const refusal = (restrictions.refuses ?? []).find(({ what }) => facts.has.has(what));
  return refusal && { because: refusalReasons[refusal.what], where: facts.has.get(refusal.what) ?? '' };
}

function refuseCounts({ restrictions }: Provider, facts: PodFacts): Refused | undefined {
  const { reservedPorts, volumeTypes, maxContainers, maxVolumes } = restrictions;
  const port = reservedPorts && facts.ports.find((p) => reservedPorts.ports.includes(p.port));
  if (port) return { because: 'reserved-port', where: `${port.where}, port ${port.port}` };
  const volume = volumeTypes && facts.volumes.find((v) => !mounts(volumeTypes, v));
  if (volume) return { because: 'volume-type', where: `${volume.where}, ${volume.type}` };
  if (maxContainers && facts.containers > maxContainers.count) {
    return { because: 'too-many-containers', where: `${facts.containers} of ${maxContainers.count}` };
  }
  if (maxVolumes && facts.volumes.length > maxVolumes.count) {
    return { because: 'too-many-volumes', where: `${facts.volumes.length} of ${maxVolumes.count}` };
  }
  return undefined;
}

function mounts(
  allowed: NonNullable<Restrictions['volumeTypes']>,
  volume: PodFacts['volumes'][number],
): boolean {
  if (!allowed.types.includes(volume.type)) return false;
  return volume.driver === undefined || (allowed.csiDrivers?.includes(volume.driver) ?? true);
}

/** `annotations` are those that the merge will add. */
function refuseUnsized(
  { requests }: Provider,
  facts: PodFacts,
  annotations: ReadonlySet<string>,
): Refused | undefined {
  if (requests?.without !== 'refused' || facts.sized) return undefined;
  const stated = requests.unlessAnnotation;
  if (stated !== undefined && (Object.hasOwn(facts.annotations, stated) || annotations.has(stated)))
    return undefined;
  return { because: 'requests-missing' };
}

function refuseFields(
  { restrictions: { fieldPaths } }: Provider,
  facts: PodFacts,
  takesAway: readonly string[],
): Refused | undefined {
  if (fieldPaths === undefined) return undefined;
  const field = facts.fields.find(
    (one) => !fieldPaths.paths.includes(one.path.replace(/\['.*'\]$/, '[]')) && !goes(one, takesAway),
  );
  return field && { because: 'field-path', where: `${field.where}, ${field.variable} from ${field.path}` };
}

/** Whether the merge takes the variable away for sure: nothing refers to it, and it is there once. */
function goes({ variable, container }: FieldFact, takesAway: readonly string[]): boolean {
  if (!takesAway.includes(variable)) return false;
  const entries = (container['env'] ?? []) as unknown as readonly EnvVar[];
  const agents = agentVariables(entries, takesAway);
  return (
    agents.has(variable) &&
    entries.filter(({ name }) => name === variable).length === 1 &&
    !keptAgents(container, entries, agents, () => false).has(variable)
  );
}

/** A selector that no node of the provider can meet: the pod would be pending for ever. */
function refuseSelector({ steering }: Provider, facts: PodFacts): Refused | undefined {
  if (steering.way !== 'toleration') return undefined;
  const { select } = steering;
  const other = select.find(({ key, value }) => isElsewhere(facts.nodeSelector, key, value));
  if (other !== undefined) {
    const { [other.key]: wanted = '' } = facts.nodeSelector;
    return { because: 'node-selector-conflict', where: `nodeSelector ${other.key}: ${wanted}` };
  }
  const terms = facts.requiredTerms.filter((term) => !isEmptyTerm(term));
  if (terms.length === 0 || terms.some((term) => termAllows(term, select))) return undefined;
  const keys = select.map(({ key }) => key).join(', ');
  return { because: 'node-selector-conflict', where: `node affinity on ${keys}` };
}

const isElsewhere = (selector: PodFacts['nodeSelector'], key: string, value: string | undefined): boolean =>
  value !== undefined && Object.hasOwn(selector, key) && selector[key] !== value;

/** One term must allow all labels: terms are alternatives. */
const termAllows = (term: NodeSelectorTerm, labels: readonly LabelFact[]): boolean =>
  (term.matchExpressions ?? []).every((expression) =>
    labels.every(({ key, value }) => allowsLabel(expression, key, value)),
  );
