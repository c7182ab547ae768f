import { compile } from '../../src/placement/compile.js';
import type { Snapshot } from '../../src/placement/snapshot.js';
import { compileMatchers } from '../../src/policy/matchers.js';
import type { Policy } from '../../src/policy/policy.js';
import { providers } from '../../src/providers/registry.js';

const byName = new Map(providers.map((provider) => [provider.name, provider]));

/** What a review sees; `more` states only what the test is about. Default: no Namespace is known, Enforce. */
export function snapshot(policies: readonly Policy[], more: Partial<Omit<Snapshot, 'index'>> = {}): Snapshot {
  return {
    index: compileMatchers(policies, (policy) => compile(policy, byName)),
    observe: false,
    namespaceLabels: () => undefined,
    ...more,
  };
}
