import type { Wish } from '../intent.js';
import type { Aspect } from './aspect.js';

/** The policy's own variables. */
export const extraEnv: Aspect = {
  name: 'env',
  wishes: ({ spec: { env } }) =>
    env.map(({ override, ...value }): Wish => ({ slot: 'env', value, override })),
};
