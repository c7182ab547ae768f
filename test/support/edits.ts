import type { JsonObject } from '../../src/objects/json.js';
import { templateOf, type WorkloadKind } from '../../src/objects/workload.js';

interface Spec {
  containers: { env?: object[] }[];
  tolerations?: object[];
}

/** What a user does to an object that is placed: a container in front, a variable and a toleration behind. */
export function edited(object: JsonObject): JsonObject {
  const copy = structuredClone(object);
  const spec = templateOf(copy['kind'] as WorkloadKind, copy)['spec'] as unknown as Spec;
  for (const container of spec.containers)
    container.env = [...(container.env ?? []), { name: 'LATE', value: 'a' }];
  spec.containers.unshift({ name: 'first', image: 'registry.example.com/first:1' } as object);
  spec.tolerations = [...(spec.tolerations ?? []), { key: 'late', operator: 'Exists' }];
  return copy;
}
