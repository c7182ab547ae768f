import type { Reason } from '../policy/reasons.js';
import type { AspectName } from './intent.js';

/** What became of one wish. */
export const results = ['added', 'already-there', 'user-wins', 'not-offered', 'taken-away'] as const;
export type Result = (typeof results)[number];

export interface Outcome {
  readonly aspect: AspectName;
  readonly result: Result;
  /** What it is about: `env JAEGER_ENDPOINT`, `toleration virtual-kubelet.io/provider`. */
  readonly item: string;
  /** The container, where it is about one. */
  readonly container?: string;
  /** Why it is not offered. */
  readonly because?: Reason;
  /** Why, in words, where the result does not say it. */
  readonly why?: string;
}
