import { ownEntries } from '../../certs/ca-bundle.js';
import type { KubeObject } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import type { AdmissionRow } from '../../objects/admission.js';
import type { JsonObject } from '../../objects/json.js';
import { fault, orOk, warning, type Check, type Finding, type Names } from '../check.js';
import { at, objectsAt, textAt } from '../look.js';
import { turnedAway } from '../../webhook/configuration.js';
import { putBack, upgrade } from '../remedies.js';
import { ruleFaults } from '../hook-rules.js';
import { selectorFaults } from '../hook-selector.js';
import { settingsOf } from '../settings.js';

/** Somebody may have edited what the API server asks us by. What AKS adds to it is no edit. */
export const webhookConfiguration: Check = {
  id: 'webhook-configuration',
  needs: ['installation'],
  async run({ read, names }) {
    const [found, scheduler] = await Promise.all([
      read.get(resources.mutatingWebhooks, { name: names.fullname }),
      read.get(resources.deployments, { namespace: names.namespace, name: names.scheduler }),
    ]);
    const account = scheduler === undefined ? undefined : settingsOf(scheduler).serviceAccount;
    return judgeConfiguration(found, { names, schedulerAccount: account });
  },
};

interface Entry {
  readonly name: string;
  /** Where it is answered. */
  readonly path: string;
  readonly changes: AdmissionRow['changes'];
  /** Without which it is asked more than it answers. */
  readonly conditions: readonly { readonly name: string; readonly expression: string }[];
}

/** Our entries. `schedulerAccount`: the ServiceAccount of the scheduler, where it runs; it marks its pods itself. */
function entriesOf({ namespace }: Names, schedulerAccount: string | undefined): readonly Entry[] {
  const workloads = {
    name: 'workloads.tidegate.io',
    path: '/mutate',
    changes: 'template',
    conditions: [],
  } as const;
  const bindings = { name: 'bindings.tidegate.io', path: '/mutate/binding', changes: 'binding' } as const;
  if (schedulerAccount === undefined) return [workloads, { ...bindings, conditions: [] }];
  const user = `system:serviceaccount:${namespace}:${schedulerAccount}`;
  const foreign = { name: 'not-own-scheduler', expression: `request.userInfo.username != '${user}'` };
  return [
    workloads,
    { ...bindings, conditions: [foreign] },
    {
      name: 'pod-status.tidegate.io',
      path: '/mutate/pod-status',
      changes: 'status',
      conditions: turnedAway,
    },
  ];
}

export function judgeConfiguration(
  found: KubeObject | undefined,
  { names, schedulerAccount }: { readonly names: Names; readonly schedulerAccount: string | undefined },
): readonly Finding[] {
  if (found === undefined) {
    const reason = `there is no MutatingWebhookConfiguration ${names.fullname}: the API server asks nobody`;
    return [fault(reason, upgrade(names))];
  }
  const hooks = objectsAt(found, 'webhooks');
  const findings = entriesOf(names, schedulerAccount).flatMap(({ name, path, changes, conditions }) => {
    const hook = hooks.find((one) => textAt(one, 'name') === name);
    if (hook === undefined) return [fault(`${name} is missing in ${names.fullname}`, upgrade(names))];
    return [
      ...settingFaults(hook, names),
      ...addressFaults(hook, path, names),
      ...selectorFaults(hook, names),
      ...ruleFaults(hook, changes, names),
      ...conditionFaults(hook, conditions, names),
    ].map((finding) => ({ ...finding, reason: `${name}: ${finding.reason}` }));
  });
  return orOk(findings, `${ownEntries(found).length} webhooks, as tidegate wants them`);
}

/** Timeouts of all webhooks of a request add up; Kubernetes' own default is 10 s, the most that it takes 30. */
const timeouts = { wanted: 2, bearable: 10 } as const;

function settingFaults(hook: JsonObject, names: Names): readonly Finding[] {
  const findings: Finding[] = [];
  if (textAt(hook, 'failurePolicy') !== 'Ignore') {
    const reason = `failurePolicy is ${textAt(hook, 'failurePolicy')}: where tidegate does not answer, writes are refused`;
    findings.push(fault(reason, putBack(names, 'webhook.failurePolicy=Ignore')));
  }
  const seconds = at(hook, 'timeoutSeconds');
  if (typeof seconds === 'number' && seconds > timeouts.wanted) {
    const reason = `timeoutSeconds is ${seconds}: so long a write waits for a webhook that does not answer`;
    const tell = seconds > timeouts.bearable ? fault : warning;
    findings.push(tell(reason, putBack(names, `webhook.timeoutSeconds=${timeouts.wanted}`)));
  }
  for (const [field, { wanted, otherwise }] of Object.entries(softSettings)) {
    const value = textAt(hook, field);
    if (value === wanted) continue;
    const set = field === 'sideEffects' ? [] : [`webhook.${field}=${wanted}`];
    findings.push(warning(`${field} is ${value}, not ${wanted}: ${otherwise}`, putBack(names, ...set)));
  }
  return findings;
}

const softSettings = {
  matchPolicy: { wanted: 'Equivalent', otherwise: 'a write through another API version passes unchanged' },
  reinvocationPolicy: {
    wanted: 'IfNeeded',
    otherwise: 'what a later webhook adds, as a sidecar, is not looked at',
  },
  sideEffects: { wanted: 'None', otherwise: 'tidegate has none' },
} as const;

/** Kubelets write the status of pods all the time, and the scheduler binds many at once. */
function conditionFaults(hook: JsonObject, wanted: Entry['conditions'], names: Names): readonly Finding[] {
  const there = objectsAt(hook, 'matchConditions').map((one) => textAt(one, 'expression').trim());
  const lost = wanted.filter(({ expression }) => !there.includes(expression));
  if (lost.length === 0) return [];
  const which = lost.map(({ name }) => name).join(', ');
  return [warning(`the matchConditions lack ${which}: it is asked more than it answers`, putBack(names))];
}

function addressFaults(hook: JsonObject, path: string, names: Names): readonly Finding[] {
  const service = at(hook, 'clientConfig', 'service');
  const is = `${textAt(service, 'namespace')}/${textAt(service, 'name')}${textAt(service, 'path')}`;
  const wanted = `${names.namespace}/${names.webhook}${path}`;
  if (is === wanted) return [];
  const came = service === undefined ? textAt(hook, 'clientConfig', 'url') : is;
  return [fault(`it is asked at ${came || 'nowhere'}, and answers at ${wanted}`, putBack(names))];
}
