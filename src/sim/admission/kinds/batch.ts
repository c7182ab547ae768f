import type { Faults } from '../../api/status.js';
import { deepEqual } from '../../../objects/json.js';
import type { LabelSelector } from '../../../objects/pod.js';
import {
  at,
  childOf,
  copy,
  fillIn,
  isDraft,
  isList,
  numberAt,
  objectsAt,
  stringsAt,
  textAt,
} from '../../store/object.js';
import type { Draft, KubeObject } from '../../store/object.js';
import { matchesSelector } from '../../store/labels.js';
import { validateImmutable } from '../metadata.js';
import { dnsLabel, dnsSubdomain } from '../names.js';
import type { Strategy } from '../strategy.js';
import { scheduleFault, timeZoneFault } from './cron.js';
import { defaultTemplate } from './pod-defaults.js';
import { validateTemplate } from './pod-validate.js';

/** k8s.io/kubernetes/pkg/registry/batch/job/strategy.go, pkg/apis/batch */
export const jobStrategy: Strategy = {
  defaults(job) {
    const spec = childOf(job, 'spec');
    defaultTemplate(childOf(spec, 'template'));
    defaultJobSpec(spec);
    const labels = stringsAt(spec, 'template', 'metadata', 'labels');
    if (Object.keys(labels).length > 0 && Object.keys(stringsAt(job, 'metadata', 'labels')).length === 0) {
      childOf(job, 'metadata')['labels'] = { ...labels };
    }
  },
  prepareCreate(job) {
    const spec = childOf(job, 'spec');
    if (spec['manualSelector'] !== true) generateSelector(job, spec);
  },
  validate(job, faults) {
    const spec = childOf(job, 'spec');
    validateSelector(job, spec, faults);
    validateJobSpec(spec, 'spec', faults);
  },
  validateUpdate: validateJobUpdate,
  warnings: (job, old) =>
    old === undefined && dnsLabel(textAt(job, 'metadata', 'name')).length > 0
      ? [
          `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${dnsLabel(textAt(job, 'metadata', 'name')).join(' ')}]`,
        ]
      : [],
  deletes: 'Orphan',
};

export const cronJobStrategy: Strategy = {
  defaults(cronJob) {
    const spec = childOf(cronJob, 'spec');
    fillIn(spec, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    const jobSpec = childOf(childOf(spec, 'jobTemplate'), 'spec');
    defaultTemplate(childOf(jobSpec, 'template'));
    defaultRules(jobSpec);
  },
  checkName: (name) => (name.length > 52 ? ['must be no more than 52 characters'] : dnsSubdomain(name)),
  validate(cronJob, faults) {
    const spec = childOf(cronJob, 'spec');
    validateSchedule(spec, faults);
    nonNegative(spec, 'startingDeadlineSeconds', 'spec', faults);
    const policy = textAt(spec, 'concurrencyPolicy');
    if (!concurrency.includes(policy)) faults.unsupported('spec.concurrencyPolicy', policy, concurrency);
    validateJobSpec(childOf(childOf(spec, 'jobTemplate'), 'spec'), 'spec.jobTemplate.spec', faults);
    nonNegative(spec, 'successfulJobsHistoryLimit', 'spec', faults);
    nonNegative(spec, 'failedJobsHistoryLimit', 'spec', faults);
  },
};

const concurrency = ['Allow', 'Forbid', 'Replace'];

function defaultJobSpec(spec: Draft): void {
  if (spec['parallelism'] === undefined) fillIn(spec, { completions: 1 });
  fillIn(spec, {
    parallelism: 1,
    backoffLimit: spec['backoffLimitPerIndex'] === undefined ? 6 : 2 ** 31 - 1,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
  });
  defaultRules(spec);
}

function defaultRules(spec: Draft): void {
  for (const rule of objectsAt(spec, 'podFailurePolicy', 'rules')) {
    for (const pattern of objectsAt(rule, 'onPodConditions')) {
      if (textAt(pattern, 'status') === '') pattern['status'] = 'True';
    }
  }
}

const uidLabels = ['controller-uid', 'batch.kubernetes.io/controller-uid'];
const nameLabels = ['job-name', 'batch.kubernetes.io/job-name'];

function generateSelector(job: Draft, spec: Draft): void {
  const uid = textAt(job, 'metadata', 'uid');
  const labels = childOf(childOf(childOf(spec, 'template'), 'metadata'), 'labels');
  for (const key of nameLabels) labels[key] ??= textAt(job, 'metadata', 'name');
  for (const key of uidLabels) labels[key] ??= uid;
  childOf(childOf(spec, 'selector'), 'matchLabels')['batch.kubernetes.io/controller-uid'] ??= uid;
}

function validateSelector(job: Draft, spec: Draft, faults: Faults): void {
  const labels = stringsAt(spec, 'template', 'metadata', 'labels');
  const uid = textAt(job, 'metadata', 'uid');
  if (spec['selector'] === undefined) faults.required('spec.selector');
  if (spec['manualSelector'] === true) return;
  for (const key of uidLabels) {
    if (labels[key] !== uid)
      faults.invalid(`spec.template.metadata.labels[${key}]`, labels, `must be '${uid}'`);
  }
  const expected = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  if (!deepEqual(spec['selector'], expected)) {
    faults.invalid('spec.selector', spec['selector'], '`selector` not auto-generated');
  }
  if (!matchesSelector(spec['selector'] as LabelSelector | undefined, labels)) {
    faults.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
  }
}

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
];

function validateJobSpec(spec: Draft, path: string, faults: Faults): void {
  for (const field of counts) nonNegative(spec, field, path, faults);
  validateMode(spec, path, faults);
  const rules = objectsAt(spec, 'podFailurePolicy', 'rules');
  limit(rules, mostRules, `${path}.podFailurePolicy.rules`, faults);
  rules.forEach((rule, i) => {
    validateFailureRule(rule, spec, `${path}.podFailurePolicy.rules[${i}]`, faults);
  });
  const replacement = textAt(spec, 'podReplacementPolicy');
  if (spec['podFailurePolicy'] !== undefined && replacement === 'TerminatingOrFailed') {
    faults.unsupported(`${path}.podReplacementPolicy`, replacement, ['Failed']);
  }
  validateTemplate(childOf(spec, 'template'), `${path}.template`, faults);
  validateRestart(spec, `${path}.template.spec.restartPolicy`, faults);
}

function validateMode(spec: Draft, path: string, faults: Faults): void {
  const mode = textAt(spec, 'completionMode');
  if (mode !== '' && mode !== 'NonIndexed' && mode !== 'Indexed') {
    faults.unsupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed']);
  }
  if (mode === 'Indexed') {
    if (spec['completions'] === undefined) {
      faults.required(`${path}.completions`, 'when completion mode is Indexed');
    }
    return;
  }
  for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes']) {
    if (spec[field] !== undefined)
      faults.invalid(`${path}.${field}`, spec[field], 'requires indexed completion mode');
  }
}

/** maxPodFailurePolicyRules, maxPodFailurePolicyOnPodConditionsPatterns */
const mostRules = 20;

function limit(list: readonly unknown[], most: number, path: string, faults: Faults): void {
  if (list.length > most) faults.tooMany(path, list.length, most);
}

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];

function validateFailureRule(rule: Draft, spec: Draft, path: string, faults: Faults): void {
  const action = textAt(rule, 'action');
  if (action === '')
    faults.required(`${path}.action`, `valid values: [${actions.map((a) => `"${a}"`).join(' ')}]`);
  else if (!actions.includes(action)) faults.unsupported(`${path}.action`, action, actions);
  else if (action === 'FailIndex' && spec['backoffLimitPerIndex'] === undefined) {
    faults.invalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set');
  }
  const codes = rule['onExitCodes'];
  const conditions = objectsAt(rule, 'onPodConditions');
  limit(conditions, mostRules, `${path}.onPodConditions`, faults);
  if (isDraft(codes)) validateExitCodes(codes, `${path}.onExitCodes`, faults);
  if (isDraft(codes) === conditions.length > 0) {
    const which = isDraft(codes)
      ? 'specifying both OnExitCodes and OnPodConditions is not supported'
      : 'specifying one of OnExitCodes and OnPodConditions is required';
    faults.plainInvalid(path, which);
  }
}

function validateExitCodes(codes: Draft, path: string, faults: Faults): void {
  const operator = textAt(codes, 'operator');
  if (operator !== 'In' && operator !== 'NotIn')
    faults.unsupported(`${path}.operator`, operator, ['In', 'NotIn']);
  const values = codes['values'];
  const list = isList(values) ? values : [];
  if (list.length === 0) faults.invalid(`${path}.values`, list, 'at least one value is required');
  if (operator === 'In' && list.includes(0)) {
    faults.invalid(`${path}.values[${list.indexOf(0)}]`, 0, 'must not be 0 for the In operator');
  }
  const sorted = [...list].sort((a, b) => Number(a) - Number(b));
  if (!deepEqual(list, sorted)) faults.invalid(`${path}.values`, list, 'must be ordered');
}

function validateRestart(spec: Draft, path: string, faults: Faults): void {
  const policy = textAt(spec, 'template', 'spec', 'restartPolicy');
  if (policy === 'Always' || policy === '') faults.required(path, 'valid values: "OnFailure", "Never"');
  else if (policy !== 'OnFailure' && policy !== 'Never')
    faults.unsupported(path, policy, ['OnFailure', 'Never']);
  else if (spec['podFailurePolicy'] !== undefined && policy !== 'Never') {
    faults.invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified');
  }
}

function nonNegative(spec: Draft, field: string, path: string, faults: Faults): void {
  const value = numberAt(spec, field);
  if (value !== undefined && value < 0) {
    faults.invalid(`${path}.${field}`, value, 'must be greater than or equal to 0');
  }
}

const fixed = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'];

function validateJobUpdate(job: Draft, old: KubeObject, faults: Faults): void {
  const spec = childOf(job, 'spec');
  const before = old.spec;
  validateJobSpec(spec, 'spec', faults);
  if (spec['completionMode'] !== 'Indexed') {
    validateImmutable('spec.completions', spec['completions'], at(before, 'completions'), faults);
  }
  validateImmutable('spec.selector', spec['selector'], at(before, 'selector'), faults);
  validateTemplateUpdate(spec, before, faults);
  for (const field of fixed) validateImmutable(`spec.${field}`, spec[field], at(before, field), faults);
}

/** A suspended Job that never started may change where its pods go. */
function validateTemplateUpdate(spec: Draft, before: unknown, faults: Faults): void {
  const now = childOf(spec, 'template');
  const old = copy(at(before, 'template') ?? {}) as Draft;
  if (at(before, 'suspend') === true) allowSchedulingDirectives(childOf(old, 'spec'), now, old);
  validateImmutable('spec.template', now, old, faults);
}

function allowSchedulingDirectives(oldSpec: Draft, now: Draft, old: Draft): void {
  const spec = childOf(now, 'spec');
  for (const field of ['nodeSelector', 'tolerations', 'schedulingGates']) take(oldSpec, field, spec[field]);
  const affinity = childOf(oldSpec, 'affinity');
  take(affinity, 'nodeAffinity', at(spec, 'affinity', 'nodeAffinity') as Draft | undefined);
  if (Object.keys(affinity).length === 0 && spec['affinity'] === undefined) delete oldSpec['affinity'];
  for (const field of ['annotations', 'labels']) {
    take(childOf(old, 'metadata'), field, childOf(now, 'metadata')[field]);
  }
}

function take(object: Draft, field: string, value: Draft[string]): void {
  if (value === undefined) Reflect.deleteProperty(object, field);
  else object[field] = value;
}

function validateSchedule(spec: Draft, faults: Faults): void {
  const schedule = textAt(spec, 'schedule');
  if (schedule === '') faults.required('spec.schedule');
  else {
    const fault = scheduleFault(schedule);
    if (fault !== undefined) faults.invalid('spec.schedule', schedule, fault);
  }
  const zone = spec['timeZone'];
  if (typeof zone !== 'string') return;
  const fault = timeZoneFault(zone);
  if (fault !== undefined) faults.invalid('spec.timeZone', zone, fault);
}
