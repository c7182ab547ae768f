import { affinity } from './affinity.js';
import type { Aspect } from './aspect.js';
import { extraEnv } from './extra-env.js';
import { logs } from './logs.js';
import { providerMarks } from './provider-marks.js';
import { resilience } from './resilience.js';
import { scheduling } from './scheduling.js';
import { startup } from './startup.js';
import { tolerations } from './tolerations.js';
import { tracing } from './tracing.js';

/** In order: where two aspects wish for the same key or variable, the later one is the policy's nearer word. */
export const aspects: readonly Aspect[] = [
  tolerations,
  affinity,
  startup,
  providerMarks,
  logs,
  tracing,
  scheduling,
  resilience,
  extraEnv,
];
