import type { PodFailureRule } from '../objects/job.js';
import type { EnvVar, NodeSelectorTerm, PreferredSchedulingTerm, Toleration } from '../objects/pod.js';
import type { Reason } from '../policy/reasons.js';
import type { AnnotationValue } from '../providers/provider.js';

/** The parts of a policy that have a word in a pod template, in the order in which they are merged and explained. */
export const aspectNames = [
  'tolerations',
  'affinity',
  'startup',
  'provider',
  'logs',
  'tracing',
  'scheduling',
  'resilience',
  'env',
] as const;
export type AspectName = (typeof aspectNames)[number];

/** One thing that a policy wants a pod template to hold. */
export type Wish =
  | { readonly slot: 'toleration'; readonly value: Toleration }
  /** Also takes the place of the same toleration with the API server's default seconds. */
  | { readonly slot: 'timedToleration'; readonly value: Toleration }
  /** ANDed into every term of the user; several terms are alternatives. */
  | { readonly slot: 'requiredAffinity'; readonly terms: readonly NodeSelectorTerm[] }
  | { readonly slot: 'preferredAffinity'; readonly value: PreferredSchedulingTerm }
  | { readonly slot: 'label'; readonly key: string; readonly value: string }
  | { readonly slot: 'annotation'; readonly key: string; readonly value: AnnotationValue }
  | EnvWish
  /** Variables that go where they hold the address of an agent on the node. */
  | { readonly slot: 'agentEnv'; readonly names: readonly string[] }
  | { readonly slot: 'schedulerName'; readonly name: string }
  /** Goes into a Job's `podFailurePolicy`, where the scheduler wished for is the pod's. */
  | { readonly slot: 'podFailureRule'; readonly rule: PodFailureRule }
  /** A provider cannot do it. */
  | { readonly slot: 'notOffered'; readonly item: string; readonly because: Reason };

export interface EnvWish {
  readonly slot: 'env';
  readonly value: EnvVar;
  readonly override: boolean;
  /** It means something only beside this variable: it is put in with it, and left alone where the user's own stays. */
  readonly follows?: string;
  /** Left out where the user has set one of these, which say the same more exactly. */
  readonly yieldsTo?: readonly string[];
}

export type Slot = Wish['slot'];

/** A wish of one slot, with the aspect that it comes from. */
export type Wished<S extends Slot> = Extract<Wish, { slot: S }> & { readonly aspect: AspectName };

/** What one policy wants of a pod template, by slot. Compiled once, merged often. */
export interface Intent {
  readonly policy: string;
  /** Names of the providers it may go to, in order of preference. */
  readonly providers: readonly string[];
  readonly slots: { readonly [S in Slot]: readonly Wished<S>[] };
}
