import type { Wish } from '../intent.js';
import type { Aspect } from './aspect.js';

/** Start-up knobs: image cache, and reuse of what an earlier run left. */
export const startup: Aspect = {
  name: 'startup',
  wishes: ({ spec: { startup: wanted } }, chosen) =>
    (['imageCache', 'reuseSandbox'] as const)
      .filter((knob) => wanted?.[knob] === true)
      .flatMap((knob) =>
        chosen.flatMap(({ provider }): Wish[] => {
          const facts = provider.startup?.[knob];
          if (facts === undefined) {
            return [{ slot: 'notOffered', item: `${knob} of ${provider.name}`, because: reasonOf[knob] }];
          }
          return facts.map(({ key, value }) => ({ slot: 'annotation', key, value }));
        }),
      ),
};

const reasonOf = {
  imageCache: 'image-cache-not-offered',
  reuseSandbox: 'reuse-sandbox-not-offered',
} as const;
