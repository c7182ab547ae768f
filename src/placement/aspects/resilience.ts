import { notReadyTaint, unreachableTaint } from '../../objects/well-known.js';
import type { Wish } from '../intent.js';
import type { Aspect } from './aspect.js';

/**
 * A virtual kubelet that is away for a while takes no container with it: its pods run on in the cloud
 * (https://github.com/kubernetes/kubernetes/issues/103086), so they may wait longer than the usual 300 s.
 */
export const resilience: Aspect = {
  name: 'resilience',
  wishes: ({ spec: { resilience: wanted } }) =>
    wanted === undefined
      ? []
      : [notReadyTaint, unreachableTaint].map((key): Wish => ({
          slot: 'timedToleration',
          value: {
            key,
            operator: 'Exists',
            effect: 'NoExecute',
            tolerationSeconds: wanted.unreachableSeconds,
          },
        })),
};
