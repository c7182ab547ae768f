import type { Labels } from '../objects/selector.js';
import { namespaceNameLabel } from '../objects/well-known.js';
import type { NamespaceDocument } from '../policy/schema.js';

/** Labels of a Namespace; undefined where it is not known here, so that its opt-in is trusted. */
export type NamespaceLabels = (name: string) => Labels | undefined;

/** Namespaces as files give them; each has the label with its name, as the API server sets it. */
export function toNamespaceLabels(namespaces: readonly NamespaceDocument[]): ReadonlyMap<string, Labels> {
  return new Map(
    namespaces.map(({ metadata: { name, labels } }) => [name, { ...labels, [namespaceNameLabel]: name }]),
  );
}
