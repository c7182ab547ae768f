import type { KubeObject } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import { deepEqual, type JsonObject } from '../../objects/json.js';
import { policyCrd } from '../../policy/crd.js';
import { fault, orOk, type Check, type Finding } from '../check.js';
import { objectsAt, textAt } from '../look.js';
import { applyCrd } from '../remedies.js';

/** The CustomResourceDefinition is there, is served, and has this build's schema. */
export const crd: Check = {
  id: 'crd',
  needs: ['api-server'],
  async run({ read }) {
    return judgeCrd(await read.get(resources.customResourceDefinitions, { name }));
  },
};

const name = 'virtualnodepolicies.tidegate.io';

export function judgeCrd(found: KubeObject | undefined): readonly Finding[] {
  if (found === undefined) {
    return [fault(`there is no CustomResourceDefinition ${name}: no policy can be read`, applyCrd)];
  }
  const wanted = objectsAt(policyCrd(), 'spec', 'versions');
  const served = objectsAt(found, 'spec', 'versions');
  const problems = wanted.flatMap((version) => {
    const id = textAt(version, 'name');
    const same = served.find((one) => textAt(one, 'name') === id);
    const problem = problemOf(same, version);
    return problem === undefined ? [] : [fault(`version ${id} of ${name} ${problem}`, applyCrd)];
  });
  if (!isEstablished(found)) {
    problems.push(fault(`${name} is not established`, `kubectl describe crd ${name}`));
  }
  return orOk(problems, `${name} serves ${wanted.map((one) => textAt(one, 'name')).join(', ')}`);
}

function problemOf(found: JsonObject | undefined, wanted: JsonObject): string | undefined {
  if (found?.['served'] !== true) return 'is not served';
  if (found['storage'] !== wanted['storage']) return 'is not the one that is stored';
  if (!deepEqual(found['schema'], wanted['schema']))
    return "has another schema than this build's: fields that it does not know are dropped";
  return deepEqual(found['subresources'], wanted['subresources']) ? undefined : 'has no status subresource';
}

const isEstablished = (found: KubeObject): boolean =>
  objectsAt(found, 'status', 'conditions').some(
    (one) => one['type'] === 'Established' && one['status'] === 'True',
  );
