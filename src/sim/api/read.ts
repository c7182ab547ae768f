import type { FieldRequirement } from '../store/fields.js';
import { matchesFields, parseFields } from '../store/fields.js';
import { fieldOf, takesField } from '../kinds/fields.js';
import type { Kind } from '../kinds/kind.js';
import { parseLabels } from '../store/label-parser.js';
import { matchesLabels, SelectorError } from '../store/labels.js';
import type { LabelRequirements } from '../store/labels.js';
import type { KubeObject } from '../store/object.js';
import type { Call, Core } from './call.js';
import { badRequest, notFound, tooLarge } from './status.js';

/** @throws StatusError 404, or 504 where the asked revision lies in the future */
export function getObject(core: Core, call: Call, resourceVersion = ''): KubeObject {
  if (resourceVersion !== '') checkNotInFuture(core, parseRevision(resourceVersion));
  const stored = core.store.get(call.kind.storage, call.namespace, call.name);
  if (stored === undefined) throw notFound(call.kind, call.name);
  return call.kind.fromStorage(stored);
}

/** Which objects of a kind a list or watch means. */
export interface Selection {
  readonly kind: Kind;
  /** '' means all. */
  readonly namespace: string;
  readonly labels: LabelRequirements;
  readonly fields: readonly FieldRequirement[];
}

/** @throws StatusError 400 for a selector that cannot be read or that the kind does not have */
export function selectionOf(
  kind: Kind,
  namespace: string,
  labelSelector: string,
  fieldSelector: string,
): Selection {
  try {
    const fields = parseFields(fieldSelector);
    for (const { field } of fields) {
      if (!takesField(kind, field)) throw new SelectorError(`field label not supported: ${field}`);
    }
    return { kind, namespace, labels: parseLabels(labelSelector), fields };
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(error.message);
    throw error;
  }
}

/** `object` as the selection's kind shows it. */
export function selects(selection: Selection, object: KubeObject): boolean {
  const { kind, namespace, labels, fields } = selection;
  if (namespace !== '' && object.metadata.namespace !== namespace) return false;
  if (labels.length > 0 && !matchesLabels(labels, object.metadata.labels)) return false;
  return fields.length === 0 || matchesFields(fields, (field) => fieldOf(kind, object, field));
}

/** No selector hides anything. */
export const everything = (selection: Selection): boolean =>
  selection.labels.length === 0 && selection.fields.length === 0;

/** @throws StatusError 400 */
export function parseRevision(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}

/** @throws StatusError 504, which asks the client to come back in a second */
export function checkNotInFuture(core: Core, revision: number): void {
  if (revision > core.store.revision) throw tooLarge(String(revision), core.store.revision);
}
