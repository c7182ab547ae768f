import type { Faults } from '../../api/status.js';
import { at, isList, numberAt, objectsAt, textAt } from '../../store/object.js';
import type { Draft } from '../../store/object.js';
import { labelValue, qualifiedName } from '../names.js';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function validateTolerations(spec: Draft, path: string, faults: Faults): void {
  objectsAt(spec, 'tolerations').forEach((toleration, i) => {
    validateToleration(toleration, `${path}.tolerations[${i}]`, faults);
  });
}

function validateToleration(toleration: Draft, path: string, faults: Faults): void {
  const key = textAt(toleration, 'key');
  const operator = textAt(toleration, 'operator');
  const effect = textAt(toleration, 'effect');
  if (key !== '') for (const fault of qualifiedName(key)) faults.invalid(`${path}.key`, key, fault);
  else if (operator !== 'Exists') faults.invalid(`${path}.operator`, operator, keyless);
  if (toleration['tolerationSeconds'] !== undefined && effect !== 'NoExecute') {
    faults.invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
  }
  validateOperator(operator, textAt(toleration, 'value'), `${path}.operator`, faults);
  if (effect !== '' && !effects.includes(effect)) faults.unsupported(`${path}.effect`, effect, effects);
}

const keyless = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';

function validateOperator(operator: string, value: string, path: string, faults: Faults): void {
  switch (operator) {
    case '':
    case 'Equal': {
      const wrong = labelValue(value);
      if (wrong.length > 0) faults.invalid(path, value, wrong.join(';'));
      return;
    }
    case 'Exists':
      if (value !== '') faults.invalid(path, value, "value must be empty when `operator` is 'Exists'");
      return;
    case 'Lt':
    case 'Gt':
      faults.unsupported(path, operator, ['Equal', 'Exists', 'Lt', 'Gt']);
      return;
    default:
      faults.unsupported(path, operator, ['Equal', 'Exists']);
  }
}

export function validateAffinity(spec: Draft, path: string, faults: Faults): void {
  const node = at(spec, 'affinity', 'nodeAffinity');
  const here = `${path}.affinity.nodeAffinity`;
  const required = at(node, 'requiredDuringSchedulingIgnoredDuringExecution');
  if (required !== undefined) {
    const terms = `${here}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
    const list = objectsAt(required, 'nodeSelectorTerms');
    if (list.length === 0) faults.required(terms, 'must have at least one node selector term');
    list.forEach((term, i) => {
      validateTerm(term, `${terms}[${i}]`, faults);
    });
  }
  objectsAt(node, 'preferredDuringSchedulingIgnoredDuringExecution').forEach((preferred, i) => {
    const at_ = `${here}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
    const weight = numberAt(preferred, 'weight') ?? 0;
    if (weight <= 0 || weight > 100) faults.invalid(`${at_}.weight`, weight, 'must be in the range 1-100');
    validateTerm(preferred['preference'], `${at_}.preference`, faults);
  });
}

function validateTerm(term: unknown, path: string, faults: Faults): void {
  objectsAt(term, 'matchExpressions').forEach((requirement, i) => {
    validateRequirement(requirement, `${path}.matchExpressions[${i}]`, faults);
  });
  objectsAt(term, 'matchFields').forEach((requirement, i) => {
    const key = textAt(requirement, 'key');
    if (key !== 'metadata.name') {
      faults.invalid(`${path}.matchFields[${i}].key`, key, 'not a valid field selector key');
    }
  });
}

function validateRequirement(requirement: Draft, path: string, faults: Faults): void {
  const values = requirement['values'];
  const count = isList(values) ? values.length : 0;
  const operator = textAt(requirement, 'operator');
  const rule = requirementRules[operator];
  if (rule === undefined) faults.invalid(`${path}.operator`, operator, 'not a valid selector operator');
  else rule(count, `${path}.values`, faults);
  const key = textAt(requirement, 'key');
  for (const fault of qualifiedName(key)) faults.invalid(`${path}.key`, key, fault);
}

type RequirementRule = (values: number, path: string, faults: Faults) => void;

const some: RequirementRule = (values, path, faults) => {
  if (values === 0) faults.required(path, "must be specified when `operator` is 'In' or 'NotIn'");
};
const none: RequirementRule = (values, path, faults) => {
  if (values > 0)
    faults.forbidden(path, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
};
const one: RequirementRule = (values, path, faults) => {
  if (values !== 1) faults.required(path, "must be specified single value when `operator` is 'Lt' or 'Gt'");
};

const requirementRules: Readonly<Record<string, RequirementRule>> = {
  In: some,
  NotIn: some,
  Exists: none,
  DoesNotExist: none,
  Gt: one,
  Lt: one,
};
