import type { Check } from './check.js';
import { apiServer } from './checks/api-server.js';
import { crd } from './checks/crd.js';
import { installation } from './checks/installation.js';
import { policies } from './checks/policies.js';
import { webhookConfiguration } from './checks/webhook-configuration.js';

/** In the order in which they are run: what others need comes first. */
export const checks: readonly Check[] = [apiServer, installation, crd, policies, webhookConfiguration];
