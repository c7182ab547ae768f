import type { Faults } from '../../api/status.js';
import type { LabelSelector } from '../../../objects/pod.js';
import { at, childOf, numberAt, stringsAt, textAt } from '../../store/object.js';
import type { Draft } from '../../store/object.js';
import { matchesSelector } from '../../store/labels.js';
import { validateImmutable } from '../metadata.js';
import type { Strategy } from '../strategy.js';
import { defaultTemplate } from './pod-defaults.js';
import { isEmptySelector, validateTemplate } from './pod-validate.js';

/** k8s.io/kubernetes/pkg/apis/apps/{v1,validation} */
export const deploymentStrategy: Strategy = {
  defaults(deployment) {
    const spec = childOf(deployment, 'spec');
    spec['replicas'] ??= 1;
    defaultTemplate(childOf(spec, 'template'));
    const strategy = childOf(spec, 'strategy');
    strategy['type'] ??= 'RollingUpdate';
    if (strategy['type'] === 'RollingUpdate') {
      const rolling = childOf(strategy, 'rollingUpdate');
      rolling['maxUnavailable'] ??= '25%';
      rolling['maxSurge'] ??= '25%';
    }
    spec['revisionHistoryLimit'] ??= 10;
    spec['progressDeadlineSeconds'] ??= 600;
  },
  statusFixes: 'labels',
  validate(deployment, faults) {
    const spec = childOf(deployment, 'spec');
    validateReplicas(spec, faults);
    const type = textAt(spec, 'strategy', 'type');
    if (type !== 'RollingUpdate' && type !== 'Recreate') {
      faults.unsupported('spec.strategy.type', type, ['Recreate', 'RollingUpdate']);
    }
  },
  validateUpdate: selectorIsFixed,
};

export const replicaSetStrategy: Strategy = {
  defaults(set) {
    const spec = childOf(set, 'spec');
    spec['replicas'] ??= 1;
    if (spec['template'] !== undefined) defaultTemplate(childOf(spec, 'template'));
  },
  validate(set, faults) {
    validateReplicas(childOf(set, 'spec'), faults);
  },
  validateUpdate: selectorIsFixed,
};

export const statefulSetStrategy: Strategy = {
  defaults(set) {
    const spec = childOf(set, 'spec');
    spec['podManagementPolicy'] ??= 'OrderedReady';
    const strategy = childOf(spec, 'updateStrategy');
    strategy['type'] ??= 'RollingUpdate';
    if (strategy['type'] === 'RollingUpdate') childOf(strategy, 'rollingUpdate')['partition'] ??= 0;
    const retention = childOf(spec, 'persistentVolumeClaimRetentionPolicy');
    retention['whenDeleted'] ??= 'Retain';
    retention['whenScaled'] ??= 'Retain';
    spec['replicas'] ??= 1;
    spec['revisionHistoryLimit'] ??= 10;
    defaultTemplate(childOf(spec, 'template'));
  },
  validate(set, faults) {
    validateReplicas(childOf(set, 'spec'), faults);
  },
  validateUpdate: selectorIsFixed,
};

export const daemonSetStrategy: Strategy = {
  defaults(set) {
    const spec = childOf(set, 'spec');
    const strategy = childOf(spec, 'updateStrategy');
    strategy['type'] ??= 'RollingUpdate';
    if (strategy['type'] === 'RollingUpdate') {
      const rolling = childOf(strategy, 'rollingUpdate');
      rolling['maxUnavailable'] ??= 1;
      rolling['maxSurge'] ??= 0;
    }
    spec['revisionHistoryLimit'] ??= 10;
    defaultTemplate(childOf(spec, 'template'));
  },
  validate(set, faults) {
    validateReplicas(childOf(set, 'spec'), faults);
  },
  validateUpdate: selectorIsFixed,
};

function selectorIsFixed(object: Draft, old: unknown, faults: Faults): void {
  validateReplicas(childOf(object, 'spec'), faults);
  validateImmutable('spec.selector', at(object, 'spec', 'selector'), at(old, 'spec', 'selector'), faults);
}

/** Replicas, selector and template of what keeps pods running. */
function validateReplicas(spec: Draft, faults: Faults): void {
  for (const field of ['replicas', 'minReadySeconds', 'revisionHistoryLimit']) {
    const value = numberAt(spec, field);
    if (value !== undefined && value < 0) {
      faults.invalid(`spec.${field}`, value, 'must be greater than or equal to 0');
    }
  }
  const selector = spec['selector'];
  if (selector === undefined) faults.required('spec.selector');
  else if (isEmptySelector(selector)) {
    faults.invalid('spec.selector', selector, 'empty selector is invalid for deployment');
  }
  const template = childOf(spec, 'template');
  const labels = stringsAt(template, 'metadata', 'labels');
  if (!matchesSelector(selector as LabelSelector | undefined, labels)) {
    faults.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
  }
  validateTemplate(template, 'spec.template', faults);
  const policy = textAt(template, 'spec', 'restartPolicy');
  if (policy !== 'Always') faults.unsupported('spec.template.spec.restartPolicy', policy, ['Always']);
}
