import type { Client } from '../../kube/client.js';
import { KubeError } from '../../kube/errors.js';
import { splitKey, type KubeObject, type ObjectKey } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import { deletionCostAnnotation, fieldManager, markAnnotation } from '../../objects/well-known.js';
import { markAnnotations } from '../../placement/mark.js';
import type { MarkChange } from './decide.js';

export interface ApplyDeps {
  readonly client: Pick<Client, 'get' | 'patch'>;
  /** What is to be done to the pod as the API server has it now. */
  readonly decide: (pod: KubeObject) => MarkChange | Promise<MarkChange>;
}

/** What came of one pod; the label `result` of `tidegate_scale_in_marks_total`. */
export const markResults = ['marked', 'unmarked', 'kept', 'gone'] as const;
export type MarkResult = (typeof markResults)[number];

export interface Applied {
  readonly result: MarkResult;
  /** The pod before it; undefined: it is gone. */
  readonly pod: KubeObject | undefined;
}

/**
 * Brings one pod's mark to what it should be, by at most one write. The pod is read first and decided on anew, and
 * the write holds only for that uid and resourceVersion: whatever anybody wrote in between is never overwritten.
 *
 * @throws {KubeError} what the API server refused; a conflict too: it is to be tried again.
 */
export async function applyMark(
  key: ObjectKey,
  { client, decide }: ApplyDeps,
  signal: AbortSignal,
): Promise<Applied> {
  const target = splitKey(key);
  try {
    const pod = await client.get(resources.pods, target, { signal, lane });
    const change = await decide(pod);
    if (change.kind === 'keep') return { result: 'kept', pod };
    const { uid = '', resourceVersion = '' } = pod.metadata;
    const body = { metadata: { uid, resourceVersion, annotations: annotationsOf(change) } };
    await client.patch(resources.pods, target, { type: 'merge', body }, { signal, lane, fieldManager });
    return { result: change.kind === 'mark' ? 'marked' : 'unmarked', pod };
  } catch (error) {
    if (error instanceof KubeError && error.kind === 'not-found') return { result: 'gone', pod: undefined };
    throw error;
  }
}

/** Of its own: marks wait for nobody, and nobody for marks. */
const lane = 'marks';

const annotationsOf = (change: Exclude<MarkChange, { kind: 'keep' }>): Record<string, string | null> =>
  change.kind === 'mark'
    ? markAnnotations(change.mark)
    : { [deletionCostAnnotation]: null, [markAnnotation]: null };
