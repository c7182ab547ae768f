import type { Area } from '../behaviour.js';
import { accessReviews } from './access.js';
import { applies } from './applies.js';
import { customResources } from './custom-resources.js';
import { refusedPolicies } from './faulty-policies.js';
import { cronJobNames, jobRetries } from './jobs.js';
import { forgivenJobs } from './forgiven-jobs.js';
import { lifecycle } from './lifecycle.js';
import { logConfigs } from './log-configs.js';
import { marks } from './marks.js';
import { patches } from './patches.js';
import { bindings, podLife } from './pods.js';
import { reads } from './reads.js';
import { scaleDownOrder } from './scale-down.js';
import { watches } from './watches.js';
import { webhookAnswers } from './webhook-answers.js';
import { webhookCalls } from './webhook-calls.js';
import { workloads } from './workloads.js';
import { writes } from './writes.js';

export const areas: readonly Area[] = [
  writes,
  reads,
  watches,
  patches,
  applies,
  bindings,
  podLife,
  workloads,
  lifecycle,
  scaleDownOrder,
  marks,
  jobRetries,
  forgivenJobs,
  cronJobNames,
  customResources,
  refusedPolicies,
  logConfigs,
  webhookCalls,
  webhookAnswers,
  accessReviews,
];
