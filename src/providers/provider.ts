import type { JsonObject } from '../objects/json.js';
import type { EnvVar, TaintEffect, Toleration } from '../objects/pod.js';

/**
 * One cloud's facts about its virtual nodes. Data: a file a provider, a line a provider in `catalog.ts`.
 *
 * Every fact names its `source`: an id of `sources`. Only confirmed facts are here; what is not confirmed is
 * listed in `docs/providers.md`.
 */
export interface Provider {
  /** Kebab-case, unique, the file's name. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** Source id → URL, or `owner/repository:path`, or `public: …` for what was seen where no address is kept. */
  readonly sources: Readonly<Record<string, string>>;
  readonly node: NodeIdentity;
  readonly steering: Steering;
  readonly restrictions: Restrictions;
  /** What `placement.providers[].options` may hold, by option name. Default: none. */
  readonly options?: Readonly<Record<string, ProviderOption>>;
  /** Annotations that every pod moved here gets, unless the user or an option sets the same key. Default: none. */
  readonly annotations?: readonly AnnotationFact[];
  readonly startup?: Startup;
  readonly logs?: LogWriters;
  readonly stock?: StockSignals;
  /** How fast a virtual node, or the provider, accepts pods. Default: virtual-kubelet's own, burst 100, 10/s. */
  readonly acceptance?: Acceptance;
  /** Pods without requests: the provider refuses them, or sizes and bills them by its own default. */
  readonly requests?: {
    readonly without: 'refused' | 'sized-by-default';
    /** An annotation that states the size instead. */
    readonly unlessAnnotation?: string;
    readonly source: string;
  };
}

/** Token bucket. */
export interface Acceptance {
  readonly burst: number;
  readonly perSecond: number;
  /** Who has it: each virtual node, or the account as a whole. */
  readonly of: 'node' | 'account';
  readonly source: string;
}

/**
 * How a Node is known as this provider's: every label and every taint listed is on it. `value` absent: any value.
 * A node may fit several providers; the one with more labels, taints and values comes first.
 */
export interface NodeIdentity {
  readonly labels: readonly LabelFact[];
  readonly taints: readonly TaintFact[];
}

export interface LabelFact {
  readonly key: string;
  readonly value?: string;
  readonly source: string;
}

export interface TaintFact {
  readonly key: string;
  readonly value?: string;
  readonly effect?: TaintEffect;
  /** It is on new nodes but may be switched off, so a node without it fits too. Default false. */
  readonly removable?: true;
  readonly source: string;
}

export const placementTypes = ['VirtualOnly', 'PreferVirtual', 'PreferReal'] as const;
export type PlacementType = (typeof placementTypes)[number];

/** How a pod is brought onto this provider's nodes. Ways other than `toleration` cannot be mixed with another provider. */
export type Steering = TolerationSteering | MarkSteering | OutsideSteering;

/** Tolerations let the pod on, node affinity brings it there. Serves every placement. */
export interface TolerationSteering {
  readonly way: 'toleration';
  readonly tolerations: readonly (Toleration & { readonly source: string })[];
  /** Labels of its nodes, ANDed, for node affinity. The first alone tells its nodes from ordinary ones. */
  readonly select: readonly [LabelFact, ...LabelFact[]];
}

/** A label or an annotation on the pod, read by the provider's own webhook or scheduler. */
export interface MarkSteering {
  readonly way: 'label' | 'annotation';
  /** What the pod carries for each placement that the provider can do; a placement left out is not offered. */
  readonly marks: Partial<Record<PlacementType, Readonly<Record<string, string>>>>;
  readonly source: string;
}

/** An object outside the pod selects it by namespace and labels. */
export interface OutsideSteering {
  readonly way: 'outside';
  /** What the platform team creates, for messages: `an EKS Fargate profile`. */
  readonly object: string;
  readonly placements: readonly PlacementType[];
  readonly source: string;
}

/** A value that is known only when a workload is there. `workload`: `<namespace>/<stable name>`; `time-zone`: a CronJob's `spec.timeZone`. */
export type AnnotationValue = string | { readonly from: 'workload' | 'time-zone' };

export interface AnnotationFact {
  readonly key: string;
  /** A value from a field that the workload does not have is left out. */
  readonly value: AnnotationValue;
  readonly source: string;
}

/**
 * Start-up knobs, for `startup.imageCache` and `startup.reuseSandbox`. A knob left out is not offered. An option
 * that writes the same key wins.
 */
export interface Startup {
  readonly imageCache?: readonly AnnotationFact[];
  readonly reuseSandbox?: readonly AnnotationFact[];
}

/** A provider's own option: checked by its type, written as one annotation or label of the pod. */
export interface ProviderOption {
  readonly type: 'string' | 'boolean' | 'integer' | 'enum' | 'stringList';
  /** For `enum`; for `stringList`: what each item may be. */
  readonly values?: readonly string[];
  /** A regular expression, anchored, for `string` and each item of a `stringList`. */
  readonly pattern?: string;
  /** For `integer`. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** For `stringList`. Default: no limit. */
  readonly maxItems?: number;
  readonly writes: {
    readonly to: 'annotation' | 'label';
    readonly key: string;
    /** Joins a `stringList`. Default `,`. */
    readonly separator?: string;
  };
  /** One sentence for the documentation. */
  readonly description: string;
  readonly source: string;
}

/** What a pod must not have where every provider refuses it unless its preset allows it. */
export const hostFeatures = [
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'hostPort',
  'hostPath',
  'privileged',
] as const;
export type HostFeature = (typeof hostFeatures)[number];

/** What some providers refuse beyond the host features. */
export const refusals = [
  'persistentVolumeClaim',
  'tcpSocketProbe',
  'grpcProbe',
  'startupProbe',
  'tcpSocketStartupProbe',
  'lifecycleHook',
  'argsWithoutCommand',
  'initContainerPorts',
  'initContainerResources',
  'initContainerProbe',
  'initContainerLifecycleHook',
  'gpu',
] as const;
export type Refusal = (typeof refusals)[number];

export interface Restrictions {
  /** Host features that it does run. Default: none. */
  readonly allows?: readonly { readonly feature: HostFeature; readonly source: string }[];
  readonly refuses?: readonly { readonly what: Refusal; readonly source: string }[];
  /** Ports that no container may declare. Default: none. */
  readonly reservedPorts?: { readonly ports: readonly number[]; readonly source: string };
  /** The only volume types that it mounts, by their field name in a volume. Default: any but hostPath. */
  readonly volumeTypes?: {
    readonly types: readonly string[];
    /** The only drivers of inline `csi` volumes. Default: any. */
    readonly csiDrivers?: readonly string[];
    readonly source: string;
  };
  /** The only `fieldRef` paths that a variable may read; `[]` stands for a key in brackets. Default: any. */
  readonly fieldPaths?: { readonly paths: readonly string[]; readonly source: string };
  readonly maxContainers?: { readonly count: number; readonly source: string };
  readonly maxVolumes?: { readonly count: number; readonly source: string };
}

/** `stdout` and absolute globs. */
export type LogSource = string;

export interface KafkaDestination {
  readonly brokers: readonly string[];
  readonly topic: string;
}
/** Alibaba Cloud Log Service. */
export interface SlsDestination {
  readonly project: string;
  readonly logstore: string;
}
/** Tencent Cloud Log Service. */
export interface ClsDestination {
  /** Name of the logset. */
  readonly logset: string;
  /** ID of the topic. */
  readonly topic: string;
}

/** What a policy asks to be logged where. */
export interface LogWish<D> {
  readonly policy: string;
  readonly sources: readonly LogSource[];
  readonly destination: D;
}

/** How logs of one destination are set up. Pure. */
export interface LogWriter<D> {
  /** The kinds of source it can read; another is `not-offered`. */
  readonly reads: readonly ('stdout' | 'files')[];
  /** Variables for every container. */
  env(wish: LogWish<D>): readonly EnvVar[];
  /** The log CR that the destination needs, one a policy. Default: none. */
  readonly resource?: LogResource<D>;
  readonly source: string;
}

/** A log CR, and how its own controller answers in it. Pure. */
export interface LogResource<D> {
  readonly type: LogResourceType;
  /** Without a namespace: that is for whoever applies it. Its name holds for the whole cluster. */
  make(wish: LogWish<D>): LogManifest;
  /** What its controller says in its status; undefined: nothing yet. */
  readonly answer: (status: JsonObject) => LogAnswer | undefined;
}

/** Namespaced. */
export interface LogResourceType {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
}

export interface LogManifest extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

export interface LogAnswer {
  /** It has been put to work. */
  readonly applied: boolean;
  /** In the controller's own words. */
  readonly message: string;
}

/** The destinations that it can write to; one left out is not offered. */
export interface LogWriters {
  readonly kafka?: LogWriter<KafkaDestination>;
  readonly sls?: LogWriter<SlsDestination>;
  readonly cls?: LogWriter<ClsDestination>;
}

/** How the provider says that it is out of stock. */
export interface StockSignals {
  /** `reason` of a false pod condition, by condition type. */
  readonly conditions?: readonly {
    readonly type: string;
    readonly reasons: readonly string[];
    readonly source: string;
  }[];
  /** `status.reason` of the pod. */
  readonly statusReasons?: readonly { readonly reason: string; readonly source: string }[];
  /** Text in `status.message`, a condition or an event. */
  readonly messages?: readonly { readonly contains: string; readonly source: string }[];
}
