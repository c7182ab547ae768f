import type { Draft, KubeObject } from '../store/object.js';
import type { Call, Core } from './call.js';

/** Notes in `metadata.managedFields` what this write sets. */
export function recordUpdate(core: Core, call: Call, live: KubeObject | undefined, object: Draft): void {
  if (call.fieldManager === undefined || core.store.revision < 0 || live === object) return;
}
