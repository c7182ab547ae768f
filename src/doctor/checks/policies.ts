import type { KubeObject } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import { formatPath } from '../../policy/fault.js';
import { parsePolicy } from '../../policy/parse.js';
import { apiVersion, policyKind } from '../../policy/schema.js';
import { fault, ok, warning, type Check, type Finding } from '../check.js';
import { objectsAt, textAt } from '../look.js';

/** There is a policy, and none has a fault, by this build and by the controllers' own word. */
export const policies: Check = {
  id: 'policies',
  needs: ['crd'],
  async run({ read }) {
    return judgePolicies((await read.list(resources.virtualNodePolicies)) ?? []);
  },
};

export function judgePolicies(objects: readonly KubeObject[]): readonly Finding[] {
  if (objects.length === 0) {
    const reason = 'there is no VirtualNodePolicy: nothing is moved';
    return [warning(reason, 'kubectl apply -f examples/policies/cronjobs.yaml')];
  }
  const findings = objects.flatMap(problemsOf);
  const names = objects.map(nameOf).join(', ');
  return findings.length > 0 ? findings : [ok(`accepted: ${names}`)];
}

function problemsOf(object: KubeObject): readonly Finding[] {
  const name = nameOf(object);
  const edit = `kubectl edit vnp ${name}`;
  const parsed = parsePolicy({ ...object, apiVersion, kind: policyKind });
  if (!parsed.ok) {
    return parsed.faults.map(({ path, message }) =>
      fault(`policy ${name}: ${formatPath(path)}: ${message}`, edit),
    );
  }
  const conditions = conditionsOf(object);
  const accepted = conditions.find((one) => textAt(one, 'type') === 'Accepted');
  if (accepted === undefined) {
    const reason = `policy ${name}: no controller has said of this generation whether it is accepted`;
    return [warning(reason, `kubectl describe vnp ${name}`)];
  }
  if (textAt(accepted, 'status') !== 'True')
    return [fault(`policy ${name} is not accepted: ${textAt(accepted, 'message')}`, edit)];
  return conditions
    .filter((one) => textAt(one, 'status') === 'False')
    .map((one) => {
      const reason = `policy ${name} is not ${textAt(one, 'type')}: ${textAt(one, 'message')}`;
      return warning(reason, `kubectl describe vnp ${name}`);
    });
}

/** Those that speak of the generation that is there. */
const conditionsOf = (object: KubeObject) =>
  objectsAt(object, 'status', 'conditions').filter(
    ({ observedGeneration }) => observedGeneration === object.metadata['generation'],
  );

const nameOf = ({ metadata }: KubeObject): string => metadata.name ?? '';
