import type { Kind } from '../kinds/kind.js';
import { pathSegment } from './names.js';
import { cronJobStrategy, jobStrategy } from './kinds/batch.js';
import {
  daemonSetStrategy,
  deploymentStrategy,
  replicaSetStrategy,
  statefulSetStrategy,
} from './kinds/apps.js';
import {
  configMapStrategy,
  eventStrategy,
  leaseStrategy,
  namespaceStrategy,
  nodeStrategy,
  priorityClassStrategy,
  secretStrategy,
  serviceStrategy,
} from './kinds/core.js';
import { podStrategy } from './kinds/pod.js';
import { customStrategy } from './kinds/custom.js';
import { definitionStrategy } from './kinds/definition.js';
import { webhookConfigurationStrategy } from './kinds/webhook-configuration.js';
import type { Strategy } from './strategy.js';

const rbac: Strategy = { checkName: pathSegment };

/** Kinds that are not named are stored as they come. */
const strategies: Readonly<Record<string, Strategy>> = {
  namespaces: namespaceStrategy,
  nodes: nodeStrategy,
  pods: podStrategy,
  services: serviceStrategy,
  configmaps: configMapStrategy,
  secrets: secretStrategy,
  events: eventStrategy,
  'jobs.batch': jobStrategy,
  'cronjobs.batch': cronJobStrategy,
  'deployments.apps': deploymentStrategy,
  'replicasets.apps': replicaSetStrategy,
  'statefulsets.apps': statefulSetStrategy,
  'daemonsets.apps': daemonSetStrategy,
  'leases.coordination.k8s.io': leaseStrategy,
  'priorityclasses.scheduling.k8s.io': priorityClassStrategy,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhookConfigurationStrategy,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhookConfigurationStrategy,
  'customresourcedefinitions.apiextensions.k8s.io': definitionStrategy,
  'roles.rbac.authorization.k8s.io': rbac,
  'clusterroles.rbac.authorization.k8s.io': rbac,
  'rolebindings.rbac.authorization.k8s.io': rbac,
  'clusterrolebindings.rbac.authorization.k8s.io': rbac,
};

const none: Strategy = {};

export const strategyOf = (kind: Kind): Strategy =>
  kind.custom === undefined ? (strategies[kind.storage] ?? none) : customStrategy(kind.custom);
