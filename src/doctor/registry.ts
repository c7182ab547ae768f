import type { Check } from './check.js';
import { apiServer } from './checks/api-server.js';
import { certificates } from './checks/certificates.js';
import { controllers } from './checks/controllers.js';
import { crd } from './checks/crd.js';
import { dryRun } from './checks/dry-run.js';
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
  controllers,
  dryRun,
  virtualNodes,
];
