import type { Faults } from '../api/status.js';
import type { Random } from '../../telemetry/clock.js';
import type { Kind } from '../kinds/kind.js';
import type { Draft, KubeObject } from '../store/object.js';

/** What preparing an object may read. */
export interface Surroundings {
  readonly now: number;
  readonly random: Random;
  /** An address that no Service has yet. */
  readonly nextClusterIP: () => string;
}

/** What the API server does with one kind besides storing it. Each step is left out where there is nothing to do. */
export interface Strategy {
  /** Fills in what the API declares as defaults; before admission, and after each webhook's patch. Repeatable. */
  readonly defaults?: (object: Draft) => void;
  /** After admission, before validation. */
  readonly prepareCreate?: (object: Draft, around: Surroundings) => void;
  readonly prepareUpdate?: (object: Draft, old: KubeObject) => void;
  /** What of the metadata an update of `status` leaves as it was; default: nothing. */
  readonly statusFixes?: 'labels' | 'metadata';
  readonly validate?: (object: Draft, faults: Faults) => void;
  readonly validateUpdate?: (object: Draft, old: KubeObject, faults: Faults) => void;
  readonly validateStatus?: (object: Draft, old: KubeObject, faults: Faults) => void;
  /** Complaints about a name; default: a DNS subdomain. */
  readonly checkName?: (name: string) => readonly string[];
  readonly warnings?: (object: Draft, old: KubeObject | undefined) => readonly string[];
  /** `status` as it was sent stays on create. */
  readonly keepsStatus?: boolean;
  /** What happens to dependents where the client does not say. Default `Background`. */
  readonly deletes?: 'Orphan';
}

export type Strategies = (kind: Kind) => Strategy;
