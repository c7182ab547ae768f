import type { Faults } from '../../api/status.js';
import { deepEqual } from '../../../objects/json.js';
import {
  at,
  childOf,
  copy,
  isDraft,
  numberAt,
  objectsAt,
  stringsAt,
  textAt,
  timestamp,
} from '../../store/object.js';
import type { Draft, KubeObject } from '../../store/object.js';
import type { Strategy } from '../strategy.js';
import { defaultPod } from './pod-defaults.js';
import { deletionCost, isDeletionCost, validateDeletionCost, validatePodSpec } from './pod-validate.js';

/** k8s.io/kubernetes/pkg/registry/core/pod/strategy.go */
export const podStrategy: Strategy = {
  defaults: defaultPod,
  prepareCreate(pod, { now }) {
    pod['status'] = { phase: 'Pending', qosClass: qosClass(childOf(pod, 'spec')) };
    if (objectsAt(pod, 'spec', 'schedulingGates').length > 0) {
      setCondition(pod, now, {
        type: 'PodScheduled',
        status: 'False',
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      });
    }
  },
  validate(pod, faults) {
    validateDeletionCost(stringsAt(pod, 'metadata', 'annotations'), 'metadata.annotations', faults);
    if (isDraft(pod['spec'])) validatePodSpec(pod['spec'], 'spec', faults);
  },
  validateUpdate: validatePodUpdate,
  validateStatus(pod, old, faults) {
    validateNewCost(pod, old, faults);
    const qos = textAt(pod, 'status', 'qosClass');
    if (qos !== textAt(old, 'status', 'qosClass'))
      faults.invalid('status.qosClass', qos, 'field is immutable');
  },
};

const updatable =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function validatePodUpdate(pod: Draft, old: KubeObject, faults: Faults): void {
  const now = childOf(pod, 'spec');
  const before = old.spec ?? {};
  if (isDraft(pod['spec'])) validatePodSpec(now, 'spec', faults);
  validateNewCost(pod, old, faults);
  if (deepEqual(now, before)) return;
  if (objectsAt(now, 'containers').length !== objectsAt(before, 'containers').length) {
    faults.forbidden('spec.containers', 'pod updates may not add or remove containers');
    return;
  }
  validateAdditions(now, before, faults);
  const rest = copy(now) as Draft;
  ignoreMutable(rest, before);
  if (objectsAt(before, 'schedulingGates').length > 0) ignorePlacement(rest, before);
  const changed = Object.keys({ ...before, ...rest }).filter((key) => !deepEqual(rest[key], at(before, key)));
  if (changed.length === 0) return;
  faults.forbidden(
    'spec',
    `pod updates may not change fields other than ${updatable}\nchanged: ${changed.map((key) => `spec.${key}`).join(', ')}`,
  );
}

/** A cost that was invalid before may stay; changing it to another invalid one is let through too. */
function validateNewCost(pod: Draft, old: KubeObject, faults: Faults): void {
  const before = old.metadata.annotations?.[deletionCost];
  if (before !== undefined && !isDeletionCost(before)) return;
  validateDeletionCost(stringsAt(pod, 'metadata', 'annotations'), 'metadata.annotations', faults);
}

function validateAdditions(now: Draft, before: unknown, faults: Faults): void {
  const without = (toleration: Draft): Draft => ({ ...toleration, tolerationSeconds: undefined });
  const kept = objectsAt(now, 'tolerations').map(without);
  if (!objectsAt(before, 'tolerations').every((old) => kept.some((one) => deepEqual(one, without(old))))) {
    faults.forbidden(
      'spec.tolerations',
      'existing toleration can not be modified except its tolerationSeconds',
    );
  }
  const gates = objectsAt(before, 'schedulingGates').map((gate) => textAt(gate, 'name'));
  for (const gate of objectsAt(now, 'schedulingGates')) {
    if (!gates.includes(textAt(gate, 'name'))) {
      faults.forbidden(
        'spec.schedulingGates',
        `only deletion is allowed, but found new scheduling gate '${textAt(gate, 'name')}'`,
      );
    }
  }
}

/** Puts back what an update may change, so that the rest can be compared. */
function ignoreMutable(spec: Draft, before: unknown): void {
  for (const list of ['containers', 'initContainers']) {
    const old = objectsAt(before, list);
    objectsAt(spec, list).forEach((container, i) => {
      putBack(container, 'image', old[i]);
    });
  }
  putBack(spec, 'tolerations', before);
  putBack(spec, 'schedulingGates', before);
  if (spec['activeDeadlineSeconds'] !== undefined) putBack(spec, 'activeDeadlineSeconds', before);
  if (
    (numberAt(before, 'terminationGracePeriodSeconds') ?? 0) < 0 &&
    spec['terminationGracePeriodSeconds'] === 1
  ) {
    putBack(spec, 'terminationGracePeriodSeconds', before);
  }
}

/** A gated pod may gain selectors and affinity; the box does not check that it is narrowed, only that it is there. */
function ignorePlacement(spec: Draft, before: unknown): void {
  const kept = Object.entries(stringsAt(before, 'nodeSelector'));
  const now = stringsAt(spec, 'nodeSelector');
  if (kept.every(([key, value]) => now[key] === value)) putBack(spec, 'nodeSelector', before);
  const affinity = spec['affinity'];
  if (!isDraft(affinity)) return;
  putBack(affinity, 'nodeAffinity', at(before, 'affinity'));
  if (Object.keys(affinity).length === 0 && at(before, 'affinity') === undefined) delete spec['affinity'];
}

function putBack(object: Draft, key: string, before: unknown): void {
  const value = at(before, key);
  if (value === undefined) Reflect.deleteProperty(object, key);
  else object[key] = copy(value);
}

/** Sets a condition; the transition time moves only where its status changed. */
export function setCondition(
  pod: Draft,
  now: number,
  condition: {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
  },
): void {
  const status = childOf(pod, 'status');
  const conditions = objectsAt(status, 'conditions');
  const old = conditions.find((one) => one['type'] === condition.type);
  const same = old !== undefined && old['status'] === condition.status;
  const made: Draft = {
    ...condition,
    lastTransitionTime: same ? (old['lastTransitionTime'] ?? timestamp(now)) : timestamp(now),
  };
  status['conditions'] =
    old === undefined ? [...conditions, made] : conditions.map((one) => (one === old ? made : one));
}

/** k8s.io/kubernetes/pkg/apis/core/helper/qos */
export function qosClass(spec: Draft): string {
  const containers = [...objectsAt(spec, 'containers'), ...objectsAt(spec, 'initContainers')];
  const asks = containers.map((container) => ({
    requests: stringsAt(container, 'resources', 'requests'),
    limits: stringsAt(container, 'resources', 'limits'),
  }));
  const any = asks.some(({ requests, limits }) => given(requests) || given(limits));
  if (!any) return 'BestEffort';
  const guaranteed = asks.every(({ requests, limits }) =>
    ['cpu', 'memory'].every(
      (name) =>
        limits[name] !== undefined && (requests[name] === undefined || requests[name] === limits[name]),
    ),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

const given = (resources: Readonly<Record<string, string>>): boolean =>
  ['cpu', 'memory'].some((name) => resources[name] !== undefined && resources[name] !== '0');
