import type { Faults } from '../../api/status.js';
import { at, isList, numberAt, objectsAt, stringsAt, textAt } from '../../store/object.js';
import type { Draft } from '../../store/object.js';
import { validateAnnotations, validateLabels } from '../metadata.js';
import { dnsLabel, dnsSubdomain, envName, qualifiedName } from '../names.js';
import { validateAffinity, validateTolerations } from './pod-placement.js';

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const dnsPolicies = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

/** `spec.template` of a workload: labels and annotations of the template too. */
export function validateTemplate(template: Draft, path: string, faults: Faults): void {
  validateLabels(stringsAt(template, 'metadata', 'labels'), `${path}.labels`, faults);
  const annotations = stringsAt(template, 'metadata', 'annotations');
  validateAnnotations(annotations, `${path}.annotations`, faults);
  validateDeletionCost(annotations, `${path}.annotations`, faults);
  const spec = template['spec'];
  if (typeof spec === 'object') validatePodSpec(spec as Draft, `${path}.spec`, faults);
}

/** Validation of core/v1 as far as it concerns what runs on virtual nodes. */
export function validatePodSpec(spec: Draft, path: string, faults: Faults): void {
  const volumes = validateVolumes(spec, path, faults);
  const names = new Set<string>();
  if (objectsAt(spec, 'containers').length === 0) faults.required(`${path}.containers`);
  for (const list of ['containers', 'initContainers']) {
    objectsAt(spec, list).forEach((container, i) => {
      validateContainer(container, `${path}.${list}[${i}]`, { volumes, names, faults });
    });
  }
  validateScalars(spec, path, faults);
  validateLabels(stringsAt(spec, 'nodeSelector'), `${path}.nodeSelector`, faults);
  validateAffinity(spec, path, faults);
  objectsAt(spec, 'schedulingGates').forEach((gate, i) => {
    for (const fault of qualifiedName(textAt(gate, 'name'))) {
      faults.invalid(`${path}.schedulingGates[${i}].name`, textAt(gate, 'name'), fault);
    }
  });
  validateTolerations(spec, path, faults);
}

function validateScalars(spec: Draft, path: string, faults: Faults): void {
  oneOf(spec, 'restartPolicy', restartPolicies, path, faults);
  oneOf(spec, 'dnsPolicy', dnsPolicies, path, faults);
  for (const field of ['nodeName', 'serviceAccountName', 'priorityClassName', 'runtimeClassName']) {
    const name = textAt(spec, field);
    if (name !== '') for (const fault of dnsSubdomain(name)) faults.invalid(`${path}.${field}`, name, fault);
  }
  for (const field of ['hostname', 'subdomain']) {
    const name = textAt(spec, field);
    if (name !== '') for (const fault of dnsLabel(name)) faults.invalid(`${path}.${field}`, name, fault);
  }
  const deadline = numberAt(spec, 'activeDeadlineSeconds');
  if (deadline !== undefined && (deadline < 1 || deadline > 2 ** 31 - 1)) {
    faults.invalid(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive');
  }
}

function oneOf(object: Draft, field: string, allowed: readonly string[], path: string, faults: Faults): void {
  const value = textAt(object, field);
  if (value !== '' && !allowed.includes(value)) faults.unsupported(`${path}.${field}`, value, allowed);
}

function validateVolumes(spec: Draft, path: string, faults: Faults): ReadonlySet<string> {
  const names = new Set<string>();
  objectsAt(spec, 'volumes').forEach((volume, i) => {
    const name = textAt(volume, 'name');
    const here = `${path}.volumes[${i}]`;
    if (name === '') faults.required(`${here}.name`);
    else for (const fault of dnsLabel(name)) faults.invalid(`${here}.name`, name, fault);
    if (names.has(name)) faults.duplicate(`${here}.name`, name);
    if (Object.keys(volume).length > 2) faults.forbidden(here, 'may not specify more than 1 volume type');
    names.add(name);
  });
  return names;
}

interface Pod {
  readonly volumes: ReadonlySet<string>;
  readonly names: Set<string>;
  readonly faults: Faults;
}

function validateContainer(container: Draft, path: string, pod: Pod): void {
  const { faults, names } = pod;
  const name = textAt(container, 'name');
  if (name === '') faults.required(`${path}.name`);
  else for (const fault of dnsLabel(name)) faults.invalid(`${path}.name`, name, fault);
  if (names.has(name)) faults.duplicate(`${path}.name`, name);
  names.add(name);
  if (textAt(container, 'image') === '') faults.required(`${path}.image`);
  oneOf(container, 'imagePullPolicy', pullPolicies, path, faults);
  validatePorts(container, path, faults);
  objectsAt(container, 'env').forEach((variable, i) => {
    validateVariable(variable, `${path}.env[${i}]`, faults);
  });
  validateMounts(container, path, pod);
}

function validatePorts(container: Draft, path: string, faults: Faults): void {
  objectsAt(container, 'ports').forEach((port, i) => {
    const here = `${path}.ports[${i}]`;
    const number = numberAt(port, 'containerPort') ?? 0;
    if (number === 0) faults.required(`${here}.containerPort`);
    else if (number < 1 || number > 65535) faults.invalid(`${here}.containerPort`, number, portRange);
    const host = numberAt(port, 'hostPort') ?? 1;
    if (host < 1 || host > 65535) faults.invalid(`${here}.hostPort`, host, portRange);
    oneOf(port, 'protocol', protocols, here, faults);
  });
}

const portRange = 'must be between 1 and 65535, inclusive';
const sources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];

function validateVariable(variable: Draft, path: string, faults: Faults): void {
  const name = textAt(variable, 'name');
  if (name === '') faults.required(`${path}.name`);
  else for (const fault of envName(name)) faults.invalid(`${path}.name`, name, fault);
  const from = at(variable, 'valueFrom');
  if (from === undefined) return;
  const given = sources.filter((source) => at(from, source) !== undefined);
  const fault = (detail: string): void => {
    faults.invalid(`${path}.valueFrom`, '', detail);
  };
  if (given.length === 0) {
    fault(
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    );
  } else if (textAt(variable, 'value') !== '') fault('may not be specified when `value` is not empty');
  else if (given.length > 1) fault('may not have more than one field specified at a time');
}

function validateMounts(container: Draft, path: string, pod: Pod): void {
  const paths = new Set<string>();
  objectsAt(container, 'volumeMounts').forEach((mount, i) => {
    const here = `${path}.volumeMounts[${i}]`;
    const name = textAt(mount, 'name');
    const target = textAt(mount, 'mountPath');
    if (name === '') pod.faults.required(`${here}.name`);
    else if (!pod.volumes.has(name)) pod.faults.notFound(`${here}.name`, name);
    if (target === '') pod.faults.required(`${here}.mountPath`);
    if (paths.has(target)) pod.faults.invalid(`${here}.mountPath`, target, 'must be unique');
    paths.add(target);
  });
}

export const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';

/** An int32 as text; no leading plus and no leading zeros. */
export function validateDeletionCost(
  annotations: Readonly<Record<string, string>>,
  path: string,
  faults: Faults,
): void {
  const cost = annotations[deletionCost];
  if (cost === undefined || isDeletionCost(cost)) return;
  faults.invalid(`${path}[${deletionCost}]`, cost, 'must be a 32bit integer');
}

export function isDeletionCost(text: string): boolean {
  if (!/^(0|-?[1-9]\d*)$/.test(text)) return false;
  return Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31;
}

/** `spec.selector` must be there and must match the labels of `spec.template`. */
export const isEmptySelector = (selector: unknown): boolean =>
  Object.keys(stringsAt(selector, 'matchLabels')).length === 0 &&
  !(isList(at(selector, 'matchExpressions')) && objectsAt(selector, 'matchExpressions').length > 0);
