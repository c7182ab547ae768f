import type { Labels } from '../objects/selector.js';
import type { PolicyIndex } from '../policy/matchers.js';
import type { CompiledPolicy } from './compile.js';

/** Everything that an answer depends on, frozen when the request arrives. */
export interface Snapshot {
  readonly index: PolicyIndex<CompiledPolicy>;
  /** Turns every policy to Observe. */
  readonly observe: boolean;
  /** Labels of a Namespace; undefined where it is not known here. */
  readonly namespaceLabels: (name: string) => Labels | undefined;
}
