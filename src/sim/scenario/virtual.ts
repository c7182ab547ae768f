import { fitProviders } from '../../providers/registry.js';
import type { Node } from '../controllers/objects.js';

/** The presets that a node fits, the most specific first; empty: an ordinary node. */
export const providersOf = (node: Node | undefined): readonly string[] =>
  node === undefined
    ? []
    : fitProviders(node.metadata.labels ?? {}, node.spec?.taints ?? []).map(({ name }) => name);

const known = new WeakMap<Node, boolean>();

export function isVirtualNode(node: Node | undefined): boolean {
  if (node === undefined) return false;
  const found = known.get(node) ?? providersOf(node).length > 0;
  known.set(node, found);
  return found;
}
