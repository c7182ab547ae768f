import type { KubeObject } from '../../kube/object.js';
import type { JsonObject } from '../../objects/json.js';
import { ok, orOk, warning, type Check, type Finding, type Names } from '../check.js';
import { listCustom } from '../custom.js';
import { at, objectsAt, textAt, textsAt } from '../look.js';

/** An Argo CD that installs the chart leaves the caBundle alone, which is written at run time. */
export const argoCd: Check = {
  id: 'argo-cd',
  needs: ['api-server'],
  async run({ read, names }) {
    return judgeApplications(await listCustom(read, 'applications.argoproj.io'), names);
  },
};

export function judgeApplications(
  applications: readonly KubeObject[] | undefined,
  names: Names,
): readonly Finding[] {
  if (applications === undefined) return [ok('there is no Argo CD')];
  const own = applications.filter((one) => objectsAt(one, 'status', 'resources').some(isOurs(names)));
  if (own.length === 0) return [ok('no Application of Argo CD installs tidegate')];
  return orOk(
    own.flatMap((one) => missingIn(one, names)),
    'the Application of tidegate leaves the caBundle alone',
  );
}

const isOurs =
  ({ fullname }: Names) =>
  (resource: JsonObject): boolean =>
    resource['kind'] === kind && textAt(resource, 'name') === fullname;

const kind = 'MutatingWebhookConfiguration';
const respect = 'RespectIgnoreDifferences=true';

function missingIn(application: KubeObject, names: Names): readonly Finding[] {
  const title = `Application ${application.metadata.namespace ?? ''}/${application.metadata.name ?? ''}`;
  const ignores = objectsAt(application, 'spec', 'ignoreDifferences').some((one) => leavesBundle(one, names));
  const options = textsAt(application, 'spec', 'syncPolicy', 'syncOptions');
  const remedy = 'add what tidegate doctor --argocd prints to it';
  if (!ignores)
    return [warning(`${title} counts the caBundle as a difference: its syncs take it away`, remedy)];
  if (options.includes(respect)) return [];
  return [warning(`${title} lacks the sync option ${respect}: its syncs take the caBundle away`, remedy)];
}

function leavesBundle(difference: JsonObject, { fullname }: Names): boolean {
  const name = at(difference, 'name') ?? fullname;
  const paths = [...textsAt(difference, 'jqPathExpressions'), ...textsAt(difference, 'jsonPointers')];
  return (
    difference['kind'] === kind &&
    name === fullname &&
    (paths.some((path) => path.includes('caBundle')) ||
      textsAt(difference, 'managedFieldsManagers').includes('tidegate'))
  );
}
