import type { Check } from './check.js';
import { apiServer } from './checks/api-server.js';
import { argoCd } from './checks/argo-cd.js';
import { conflicts } from './checks/conflicts.js';
import { controlPlaneLimits } from './checks/control-plane-limits.js';
import { certificates } from './checks/certificates.js';
import { crd } from './checks/crd.js';
import { dryRun } from './checks/dry-run.js';
import { leaders } from './checks/leaders.js';
import { midnight } from './checks/midnight.js';
import { installation } from './checks/installation.js';
import { ownAccess } from './checks/own-access.js';
import { policies } from './checks/policies.js';
import { serviceAccounts } from './checks/service-accounts.js';
import { virtualNodes } from './checks/virtual-nodes.js';
import { webhookConfiguration } from './checks/webhook-configuration.js';
import { webhookPods } from './checks/webhook-pods.js';

/** In the order in which they are run: what others need comes first. */
export const checks: readonly Check[] = [
  apiServer,
  ownAccess,
  installation,
  crd,
  policies,
  serviceAccounts,
  webhookConfiguration,
  certificates,
  webhookPods,
  leaders,
  dryRun,
  virtualNodes,
  conflicts,
  argoCd,
  controlPlaneLimits,
  midnight,
];
