import type { ListWatchDeps } from '../kube/list-watch.js';
import type { Labels } from '../objects/selector.js';
import type { RivalReason } from '../policy/reasons.js';
import { createKarpenter } from './karpenter.js';
import { createResourcePolicies } from './resource-policies.js';

/** What of a pod and its node bears on who else manages its deletion cost. */
export interface RivalFacts {
  readonly namespace: string;
  readonly labels: Labels;
  readonly inWorkloadSpread: boolean;
  /** Karpenter made the node. */
  readonly byKarpenter: boolean;
}

/** Others that set deletion costs, or whose order a deletion cost would break. */
export interface Rivals {
  /** Why the pod's deletion cost is not ours to set; undefined: nobody is known that minds. */
  of(pod: RivalFacts): RivalReason | undefined;
  /** Called when the answer may have changed: for the pods of a namespace, or for all. */
  onChange(listener: (namespace?: string) => void): void;
  /** All that can be known now is known. */
  readonly hasSettled: boolean;
  /** Watches until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

export function createRivals(
  deps: Pick<ListWatchDeps<unknown>, 'client' | 'clock' | 'random' | 'onFault'>,
): Rivals {
  const karpenter = createKarpenter(deps);
  const resourcePolicies = createResourcePolicies(deps);
  return {
    of({ namespace, labels, inWorkloadSpread, byKarpenter }) {
      if (inWorkloadSpread) return 'cost-of-workload-spread';
      if (resourcePolicies.selects(namespace, labels)) return 'cost-of-resource-policy';
      return byKarpenter && karpenter.setsCosts ? 'cost-of-karpenter' : undefined;
    },
    onChange(listener) {
      resourcePolicies.onChange(listener);
      karpenter.onChange(() => {
        listener();
      });
    },
    get hasSettled() {
      return karpenter.hasSettled && resourcePolicies.hasSettled;
    },
    async run(signal) {
      await Promise.all([karpenter.run(signal), resourcePolicies.run(signal)]);
    },
  };
}
