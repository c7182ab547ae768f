import type { Toleration } from '../../objects/pod.js';
import type { Wish } from '../intent.js';
import type { Aspect } from './aspect.js';

/** Lets pods onto the tainted nodes of every provider that is steered so. */
export const tolerations: Aspect = {
  name: 'tolerations',
  wishes: (_, chosen) =>
    chosen.flatMap(({ provider: { steering } }) =>
      steering.way === 'toleration' ? steering.tolerations.map(toWish) : [],
    ),
};

function toWish(fact: Toleration & { readonly source: string }): Wish {
  const value: Toleration & { source?: string } = { ...fact };
  delete value.source;
  return { slot: 'toleration', value };
}
