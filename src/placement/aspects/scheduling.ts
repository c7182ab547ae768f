import type { Aspect } from './aspect.js';

/** The scheduler's name. */
export const scheduling: Aspect = {
  name: 'scheduling',
  wishes: ({ spec: { scheduling: wanted } }) =>
    wanted === undefined ? [] : [{ slot: 'schedulerName', name: wanted.schedulerName }],
};
