import { admitSection } from './admit/section.ts';
import { midnightSection } from './midnight/section.ts';
import { scaleInSection } from './scale-in/section.ts';
import { schedulerSection } from './scheduler/section.ts';
import type { Section } from './section.ts';
import { webhookSection } from './webhook/section.ts';

/** In the order in which they run and are shown. */
export const sections: readonly Section[] = [
  webhookSection,
  admitSection,
  scaleInSection,
  schedulerSection,
  midnightSection,
];
