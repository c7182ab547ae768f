import { parsePolicy } from '../../src/policy/parse.js';
import type { Policy } from '../../src/policy/policy.js';

/** A policy as in YAML; `spec` states only what the test is about. Default placement: kwok alone, VirtualOnly. */
export function policy(name: string, spec: Record<string, unknown> = {}): Policy {
  const parsed = parsePolicy(policyDocument(name, spec));
  if (!parsed.ok) throw new Error(`test policy ${name}: ${JSON.stringify(parsed.faults)}`);
  return parsed.value;
}

export function policyDocument(name: string, spec: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    apiVersion: 'tidegate.io/v1alpha1',
    kind: 'VirtualNodePolicy',
    metadata: { name },
    spec: { placement: { type: 'VirtualOnly', providers: [{ name: 'kwok' }] }, ...spec },
  };
}
