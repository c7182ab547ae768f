import { messageOf } from '../../errors.js';
import { kindOf } from '../../kube/errors.js';
import type { KubeObject } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import type { JsonObject } from '../../objects/json.js';
import { recordAnnotation } from '../../objects/well-known.js';
import { workloadsWebhook } from '../../webhook/configuration.js';
import { selectorsOf } from '../../webhook/selectors.js';
import { fault, ok, skipped, warning, type Check, type Finding, type Names } from '../check.js';
import { objectsAt, textAt } from '../look.js';
import { findProbe, verdictOf, type Probe } from '../probe.js';
import { optIn } from '../remedies.js';
import { readServing, type Serving } from '../serving.js';
import { settingsOf } from '../settings.js';

/** A workload that a policy wants is really rewritten: created in an opted-in namespace, by a dry-run. */
export const dryRun: Check = {
  id: 'dry-run',
  needs: ['installation', 'crd'],
  async run(examination) {
    const { read, names } = examination;
    if (!examination.dryRun) return [skipped('--no-dry-run forbids it')];
    const serving = await readServing(examination);
    if (serving.snapshot.index.ordered.length === 0) return [skipped('there is no policy without a fault')];
    if (serving.optedIn.length === 0) return [warning('no namespace has opted in: nothing is moved', optIn)];
    const target = { namespace: names.namespace, name: names.webhook };
    const webhook = await read.get(resources.deployments, target);
    if (webhook !== undefined && settingsOf(webhook).flag('observe') !== undefined)
      return [skipped('the webhook runs with --observe: it changes nothing')];
    const hook = workloadsHook(await read.get(resources.mutatingWebhooks, { name: names.fullname }));
    const probe = findProbe(serving, hook && selectorsOf(hook));
    if (probe === undefined) return [findProbe(serving) === undefined ? noProbe(serving) : notAsked(serving)];
    const hasConditions = objectsAt(hook, 'matchConditions').length > 0;
    return [await tryOut(read.client, probe, { ...serving, hasConditions }, names)];
  },
};

/** Without one it is asked about nothing: then the answer says so. */
const workloadsHook = (configuration: KubeObject | undefined): JsonObject | undefined =>
  objectsAt(configuration, 'webhooks').find((hook) => textAt(hook, 'name') === workloadsWebhook);

/** What is known before. */
interface Known extends Pick<Serving, 'snapshot'> {
  /** The webhook has matchConditions, which only an API server can evaluate. */
  readonly hasConditions: boolean;
}

function notAsked({ optedIn }: Serving): Finding {
  const reason = `not tried: the selectors of the webhook leave out all that could be tried in the namespaces that have opted in (${optedIn.join(', ')})`;
  const remedy =
    'compare webhook.namespaceSelector and webhook.objectSelector with their labels and those of workloads; tidegate audit';
  return warning(reason, remedy);
}

function noProbe({ snapshot, optedIn }: Serving): Finding {
  const policies = snapshot.index.ordered.map(({ policy }) => policy);
  if (policies.every(({ spec }) => spec.mode === 'Observe'))
    return skipped('every policy is in mode Observe: nothing is changed');
  const reason = `no policy places anything in the namespaces that have opted in (${optedIn.join(', ')})`;
  return warning(reason, 'compare spec.match of kubectl get vnp -o yaml with them; tidegate audit');
}

async function tryOut(
  client: Parameters<Check['run']>[0]['read']['client'],
  probe: Probe,
  known: Known,
  names: Names,
): Promise<Finding> {
  const { resource, namespace, object } = probe;
  try {
    const target = { namespace };
    return judgeAnswer(await client.create(resource, target, object, { dryRun: true }), probe, known, names);
  } catch (error) {
    return judgeRefusal(error, probe, names);
  }
}

/** What the API server would have stored. */
export function judgeAnswer(answer: KubeObject, probe: Probe, known: Known, names: Names): Finding {
  const what = `a ${probe.kind} in namespace ${probe.namespace}`;
  if (answer.metadata.annotations?.[recordAnnotation] === undefined) {
    if (known.hasConditions)
      return warning(
        `${what} is admitted unchanged: webhook.matchConditions may leave it out`,
        tryOne(names),
      );
    const reason = `${what} is admitted unchanged, though policy ${probe.policy} wants it`;
    return fault(reason, whyUnchanged(names));
  }
  const verdict = verdictOf(probe.kind, probe.namespace, answer, known);
  if (verdict.kind === 'unchanged')
    return ok(`${what} is rewritten by policy ${verdict.policy ?? probe.policy}`);
  const reason = `${what} is rewritten, and then changed by somebody else (${verdict.because})`;
  return fault(reason, 'kubectl get mutatingwebhookconfigurations; see the check conflicts');
}

export function judgeRefusal(error: unknown, { kind, namespace }: Probe, names: Names): Finding {
  const text = messageOf(error);
  switch (kindOf(error)) {
    case 'forbidden':
    case 'invalid':
      return skipped(`a ${kind} in namespace ${namespace} is refused, but not by tidegate: ${text}`);
    default:
      return fault(`a ${kind} in namespace ${namespace} cannot be created: ${text}`, whyUnchanged(names));
  }
}

const tryOne = (names: Names): string =>
  `kubectl create --dry-run=server one for which they hold; else ${whyUnchanged(names)}`;

const whyUnchanged = ({ namespace, webhook }: Names): string =>
  `kubectl -n ${namespace} logs deployment/${webhook}; kubectl get --raw /metrics | grep apiserver_admission_webhook_fail_open_count`;
