import type { Faults } from '../api/status.js';
import { deepEqual } from '../../objects/json.js';
import type { Kind } from '../kinds/kind.js';
import { at, isList, objectsAt, stringsAt, textAt } from '../store/object.js';
import type { Draft, KubeObject } from '../store/object.js';
import { dnsLabel, dnsSubdomain, labelValue, qualifiedName } from './names.js';
import type { Strategy } from './strategy.js';

/** A limit of k8s.io/apimachinery/pkg/api/validation: TotalAnnotationSizeLimitB. */
const maxAnnotationBytes = 256 * 1024;
const standardFinalizers = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

export function validateMeta(object: Draft, kind: Kind, strategy: Strategy, faults: Faults): void {
  validateName(object, kind, strategy, faults);
  validateLabels(stringsAt(object, 'metadata', 'labels'), 'metadata.labels', faults);
  validateAnnotations(stringsAt(object, 'metadata', 'annotations'), 'metadata.annotations', faults);
  validateOwners(object, faults);
  validateFinalizers(object, faults);
}

function validateName(object: Draft, kind: Kind, strategy: Strategy, faults: Faults): void {
  const check = strategy.checkName ?? dnsSubdomain;
  const prefix = textAt(object, 'metadata', 'generateName');
  const name = textAt(object, 'metadata', 'name');
  if (prefix !== '') {
    const asName = /[-.]$/.test(prefix) ? `${prefix}a` : prefix;
    for (const fault of check(asName)) faults.invalid('metadata.generateName', prefix, fault);
  }
  if (name === '') faults.required('metadata.name', 'name or generateName is required');
  else for (const fault of check(name)) faults.invalid('metadata.name', name, fault);
  const namespace = textAt(object, 'metadata', 'namespace');
  if (kind.namespaced)
    for (const fault of dnsLabel(namespace)) faults.invalid('metadata.namespace', namespace, fault);
}

export function validateLabels(labels: Readonly<Record<string, string>>, path: string, faults: Faults): void {
  for (const [key, value] of Object.entries(labels)) {
    for (const fault of qualifiedName(key)) faults.invalid(path, key, fault);
    for (const fault of labelValue(value)) faults.invalid(path, value, fault);
  }
}

export function validateAnnotations(
  annotations: Readonly<Record<string, string>>,
  path: string,
  faults: Faults,
): void {
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    for (const fault of qualifiedName(key.toLowerCase())) faults.invalid(path, key, fault);
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > maxAnnotationBytes) faults.tooLong(path, maxAnnotationBytes);
}

function validateOwners(object: Draft, faults: Faults): void {
  const owners = objectsAt(object, 'metadata', 'ownerReferences');
  const path = 'metadata.ownerReferences';
  for (const owner of owners) {
    for (const field of ['apiVersion', 'kind', 'name', 'uid']) {
      if (textAt(owner, field) === '') faults.invalid(`${path}.${field}`, '', 'must not be empty');
    }
  }
  const controllers = owners.filter((owner) => owner['controller'] === true);
  const [first, second] = controllers.map((owner) => `${textAt(owner, 'kind')}/${textAt(owner, 'name')}`);
  if (first === undefined || second === undefined) return;
  faults.invalid(
    path,
    owners,
    `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${second}`,
  );
}

function validateFinalizers(object: Draft, faults: Faults): void {
  finalizersOf(object).forEach((finalizer, i) => {
    const path = `metadata.finalizers[${i}]`;
    for (const fault of qualifiedName(finalizer)) faults.invalid(path, finalizer, fault);
    if (!finalizer.includes('/') && !standardFinalizers.has(finalizer)) {
      faults.invalid(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified');
    }
  });
}

/** What no update may change. */
export function validateMetaUpdate(object: Draft, old: KubeObject, faults: Faults): void {
  for (const field of ['name', 'namespace', 'uid', 'creationTimestamp'] as const) {
    const value = at(object, 'metadata', field);
    if (value !== old.metadata[field]) faults.invalid(`metadata.${field}`, value, 'field is immutable');
  }
  if (old.metadata.deletionTimestamp === undefined) return;
  const added = finalizersOf(object).filter((name) => old.metadata.finalizers?.includes(name) !== true);
  if (added.length === 0) return;
  const list = added.map((name) => JSON.stringify(name)).join(', ');
  faults.forbidden(
    'metadata.finalizers',
    `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
  );
}

export function finalizersOf(object: Draft | KubeObject): readonly string[] {
  const found = at(object, 'metadata', 'finalizers');
  return isList(found) ? found.filter((name) => typeof name === 'string') : [];
}

export function validateImmutable(field: string, now: unknown, before: unknown, faults: Faults): void {
  if (!deepEqual(now, before)) faults.invalid(field, now as never, 'field is immutable');
}
