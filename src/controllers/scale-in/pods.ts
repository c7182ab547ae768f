import { createIntern } from '../../kube/intern.js';
import type { KubeObject } from '../../kube/object.js';
import { isObject, type Json } from '../../objects/json.js';
import { annotationWriters } from '../../objects/managed-fields.js';
import type { Labels } from '../../objects/selector.js';
import {
  deletionCostAnnotation,
  markAnnotation,
  workloadSpreadAnnotation,
} from '../../objects/well-known.js';
import { ranksPods, writerOf, type CostFacts } from '../../placement/mark.js';

/** A pod, as far as it bears on its mark: about 0.3 KB. */
export interface ScaleInPod extends CostFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly nodeName: string;
  /** It has ended, or is being deleted. */
  readonly finished: boolean;
  readonly owner: Owner;
  readonly labels: Labels;
  readonly inWorkloadSpread: boolean;
}

/** The owner with `controller: true`; all texts are empty where there is none. */
export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** Pods of one owner share what is alike on them: its reference, and their labels. */
export function createPodReader(): (pod: KubeObject) => ScaleInPod {
  const intern = createIntern();
  const owners = createShared<Owner>();
  const labelSets = createShared<Labels>();

  function costOf(metadata: KubeObject['metadata']): CostFacts {
    const { [deletionCostAnnotation]: cost, [markAnnotation]: companion } = metadata.annotations ?? {};
    const writers = cost === undefined ? [] : annotationWriters(metadata, deletionCostAnnotation);
    return {
      deletionCost: cost && intern(cost),
      markedBy: companion && intern(companion),
      costWriter: intern(writerOf(writers)),
    };
  }

  return ({ metadata, spec, status }) => {
    const { annotations = {}, labels = {} } = metadata;
    const reference = metadata.ownerReferences?.find((one) => one.controller === true);
    const { deletionCost, markedBy, costWriter } = costOf(metadata);
    return {
      namespace: intern(metadata.namespace ?? ''),
      name: metadata.name ?? '',
      uid: metadata.uid ?? '',
      nodeName: intern(textIn(spec, 'nodeName')),
      finished: metadata.deletionTimestamp !== undefined || ended.has(textIn(status, 'phase')),
      owner: owners(reference?.uid ?? '', () => ownerOf(reference)),
      labels: labelSets(JSON.stringify(labels), () => labels),
      inWorkloadSpread: annotations[workloadSpreadAnnotation] !== undefined,
      deletionCost,
      markedBy,
      costWriter,
    };
  };
}

/** What is kept of all pods: those that may ever get a mark. A Job's are many, and none of them does. */
export const isMarkable = ({ finished, owner }: ScaleInPod): boolean => !finished && ranksPods(owner.kind);

export const scaleInIndexes = {
  node: (pod: ScaleInPod) => pod.nodeName,
  owner: (pod: ScaleInPod) => pod.owner.uid,
};

/** Two pods that say the same: most writes to a pod change nothing that is kept. */
export function isSamePod(a: ScaleInPod, b: ScaleInPod): boolean {
  return (Object.keys(a) as (keyof ScaleInPod)[]).every((field) => a[field] === b[field]);
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase */
const ended: ReadonlySet<string> = new Set(['Succeeded', 'Failed']);

function ownerOf(reference: Partial<Owner> | undefined): Owner {
  const { apiVersion = '', kind = '', name = '', uid = '' } = reference ?? {};
  return { apiVersion, kind, name, uid };
}

/** One copy of what has the same key. Forgets all at so many, as `createIntern` does. */
function createShared<T>(limit = 20_000): (key: string, make: () => T) => T {
  const known = new Map<string, T>();
  return (key, make) => {
    let kept = known.get(key);
    if (kept === undefined) {
      if (known.size >= limit) known.clear();
      kept = make();
      known.set(key, kept);
    }
    return kept;
  };
}

function textIn(parent: Json | undefined, field: string): string {
  const value = isObject(parent) ? parent[field] : undefined;
  return typeof value === 'string' ? value : '';
}
