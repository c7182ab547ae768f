import { toPointer } from '../objects/json-pointer.js';
import { templatePath, type Workload } from '../objects/workload.js';
import type { CompiledPolicy } from './compile.js';
import { refuse, refuseFor, type Refused } from './gate.js';
import type { Intent } from './intent.js';
import { readPodFacts } from './pod-facts.js';

/**
 * Whether a policy's providers can run a workload, and what is wanted of it then. `sizedBy`: the pod has no requests,
 * and this provider sizes and bills it by its own default.
 */
export type Passage =
  | {
      readonly kind: 'passes';
      readonly intent: Intent;
      readonly refusals: readonly ProviderRefusal[];
      readonly sizedBy?: string;
    }
  | { readonly kind: 'refused'; readonly refused: Refused; readonly refusals: readonly ProviderRefusal[] };

export interface ProviderRefusal extends Refused {
  readonly provider: string;
}

/**
 * The compatibility gate: a workload goes only to those of the policy's providers that can run it, and to none by
 * halves.
 *
 * @throws {AppError} object-invalid, where a field that is read has the wrong type.
 */
export function pass(workload: Workload, compiled: CompiledPolicy): Passage {
  const facts = readPodFacts(workload.template, toPointer(templatePath[workload.kind]));
  const never = refuse(workload, facts);
  if (never) return { kind: 'refused', refused: never, refusals: [] };

  const refusals: ProviderRefusal[] = [];
  const runnable = compiled.chosen.filter(({ provider }, i) => {
    const prospect = compiled.prospects[i];
    const refused = prospect && refuseFor(provider, facts, prospect);
    if (refused) refusals.push({ ...refused, provider: provider.name });
    return refused === undefined;
  });
  if (runnable.length > 0) {
    const unsized = facts.sized ? undefined : runnable.find(({ provider }) => provider.requests);
    return {
      kind: 'passes',
      intent: compiled.intentFor(runnable),
      refusals,
      ...(unsized ? { sizedBy: unsized.provider.name } : {}),
    };
  }
  const refused = refusals[0] ?? { because: 'placement-not-offered' };
  return { kind: 'refused', refused, refusals };
}
