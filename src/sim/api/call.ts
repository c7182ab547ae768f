import type { Surroundings } from '../admission/strategy.js';
import type { Clock, Random } from '../../telemetry/clock.js';
import type { Kind, Kinds } from '../kinds/kind.js';
import type { StructSchema } from '../kinds/schema.js';
import type { Draft, KubeObject } from '../store/object.js';
import type { Store } from '../store/store.js';

/** Who asks. */
export interface User {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
}

/** What every verb works on. */
export interface Core {
  readonly store: Store;
  readonly kinds: Kinds;
  readonly clock: Clock;
  readonly random: Random;
  readonly admission: AdmissionChain;
  readonly around: () => Surroundings;
}

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** One request, as every verb sees it. */
export interface Call {
  readonly kind: Kind;
  /** '' for the object itself. */
  readonly subresource: string;
  /** '' for cluster-scoped kinds. */
  readonly namespace: string;
  /** '' where the object brings it. */
  readonly name: string;
  readonly user: User;
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  /** Recorded in managedFields; undefined: the writer leaves no trace there. */
  readonly fieldManager: string | undefined;
  /** Warning headers for the client, in order. */
  readonly warnings: string[];
  /** Audit annotations, as an audit log would hold them. */
  readonly audit: Record<string, string>;
  /** Monotonic time at which the request fails. */
  readonly deadline: number;
}

/** The type of a request's body: of the kind itself, or of a subresource. */
export interface BodyType {
  readonly group: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly schema: StructSchema;
}

/** What admission is asked about. */
export interface Review {
  readonly call: Call;
  readonly operation: Operation;
  readonly type: BodyType;
  /** Of the request; '' with generateName. */
  readonly name: string;
  /** Replaced by what admission makes of it. Undefined on DELETE. */
  object: Draft | undefined;
  readonly oldObject: KubeObject | undefined;
}

/** Both steps throw a StatusError where the request is refused. */
export interface AdmissionChain {
  /** Plug-ins and mutating webhooks. */
  mutate(core: Core, review: Review): Promise<void>;
  /** Validating webhooks. */
  validate(core: Core, review: Review): Promise<void>;
}

/** How long a write may take: the upper bound in k8s.io/apiserver/pkg/endpoints/handlers. */
export const requestTimeoutMs = 34_000;
