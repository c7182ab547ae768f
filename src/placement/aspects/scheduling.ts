import { ignoreDisruptions } from '../../objects/job.js';
import { ownScheduler } from '../../objects/well-known.js';
import type { Wish } from '../intent.js';
import type { Aspect } from './aspect.js';

/**
 * The scheduler's name. Our own scheduler moves a pod that does not start: by a new one, which is free for the Job
 * only where its `podFailurePolicy` ignores disruptions.
 */
export const scheduling: Aspect = {
  name: 'scheduling',
  wishes: ({ spec: { scheduling: wanted } }) => {
    if (wanted === undefined) return [];
    const name: Wish = { slot: 'schedulerName', name: wanted.schedulerName };
    if (wanted.schedulerName !== ownScheduler) return [name];
    return [name, { slot: 'podFailureRule', rule: ignoreDisruptions }];
  },
};
