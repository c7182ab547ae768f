import { notInTheBox } from '../../api/status.js';
import { childOf, objectsAt, textAt } from '../../store/object.js';
import type { Strategy } from '../strategy.js';

/** k8s.io/apiextensions-apiserver/pkg/{apis/apiextensions,registry/customresourcedefinition}. */
export const definitionStrategy: Strategy = {
  defaults(definition) {
    const names = childOf(childOf(definition, 'spec'), 'names');
    const kind = textAt(names, 'kind');
    names['listKind'] ??= `${kind}List`;
    names['singular'] ??= kind.toLowerCase();
  },
  validate(definition, faults) {
    const expected = `${textAt(definition, 'spec', 'names', 'plural')}.${textAt(definition, 'spec', 'group')}`;
    const name = textAt(definition, 'metadata', 'name');
    if (name !== expected) faults.invalid('metadata.name', name, `must be spec.names.plural+"."+spec.group`);
    const versions = objectsAt(definition, 'spec', 'versions');
    if (versions.filter(({ storage }) => storage === true).length !== 1)
      faults.plainInvalid('spec.versions', 'must have exactly one version marked as storage version');
    if (versions.length > 1) throw notInTheBox('several versions of a CustomResourceDefinition');
    for (const version of versions)
      if (childOf(version, 'schema')['openAPIV3Schema'] === undefined)
        faults.required('spec.versions[0].schema.openAPIV3Schema', 'schemas are required');
  },
};
