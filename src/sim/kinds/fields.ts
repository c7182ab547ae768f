import { at, numberAt, textAt } from '../store/object.js';
import type { KubeObject } from '../store/object.js';
import type { Kind } from './kind.js';

/** The value that a field selector compares, '' where it is absent. */
export function fieldOf(kind: Kind, object: KubeObject, field: string): string {
  if (field === 'metadata.name') return object.metadata.name;
  if (field === 'metadata.namespace') return object.metadata.namespace ?? '';
  const special = specials[`${kind.plural}:${field}`];
  if (special !== undefined) return special(object);
  const value = at(object, ...field.split('.'));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

export const takesField = (kind: Kind, field: string): boolean =>
  field === 'metadata.name' ||
  (field === 'metadata.namespace' && kind.namespaced) ||
  kind.fields.includes(field);

const specials: Readonly<Record<string, (object: KubeObject) => string>> = {
  'pods:spec.hostNetwork': (pod) => String(at(pod, 'spec', 'hostNetwork') === true),
  'nodes:spec.unschedulable': (node) => String(at(node, 'spec', 'unschedulable') === true),
  'jobs:status.successful': (job) => String(numberAt(job, 'status', 'succeeded') ?? 0),
  'events:source': (event) => textAt(event, 'source', 'component') || textAt(event, 'reportingComponent'),
  'replicasets:status.replicas': (set) => String(numberAt(set, 'status', 'replicas') ?? 0),
  'replicationcontrollers:status.replicas': (set) => String(numberAt(set, 'status', 'replicas') ?? 0),
};
