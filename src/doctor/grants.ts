import type { Access } from './access.js';
import type { Names } from './check.js';
import { leases } from './leases.js';
import type { Settings } from './settings.js';

/** One rule of the chart's roles (charts/tidegate/templates/*-rbac.yaml); a test holds both together. */
interface Rule {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Default: all of them. */
  readonly names?: readonly string[];
  /** Default: every namespace. */
  readonly namespace?: string;
}

const rule = (group: string, resource: string, ...verbs: readonly string[]): Rule => ({
  group,
  resource,
  verbs,
});

/** What the webhook's ServiceAccount has to be allowed. */
export const webhookGrants = (names: Names): readonly Access[] => webhookRules(names).flatMap(expand);

/** What the ServiceAccount of the controllers has to be allowed, as they are set up. */
export const controllersGrants = (names: Names, settings: Settings): readonly Access[] =>
  [
    ...controllersRules(settings),
    ...leaseRules(names, leases.controllers),
    ...logConfigRules(names, settings),
    ...certificateRules(names, settings),
  ].flatMap(expand);

/** What the ServiceAccount of the scheduler has to be allowed. */
export const schedulerGrants = (names: Names): readonly Access[] =>
  [...schedulerRules, ...leaseRules(names, leases.scheduler)].flatMap(expand);

const definition = (name: string): Rule => ({
  ...rule('apiextensions.k8s.io', 'customresourcedefinitions', 'list', 'watch'),
  names: [name],
});

const common: readonly Rule[] = [
  rule('tidegate.io', 'virtualnodepolicies', 'list', 'watch'),
  rule('', 'namespaces', 'list', 'watch'),
  rule('apps', 'deployments', 'list', 'watch'),
  definition('resourcepolicies.scheduling.alibabacloud.com'),
  rule('scheduling.alibabacloud.com', 'resourcepolicies', 'list', 'watch'),
];

const ownConfiguration = ({ fullname }: Names, ...verbs: readonly string[]): Rule => ({
  ...rule('admissionregistration.k8s.io', 'mutatingwebhookconfigurations', ...verbs),
  names: [fullname],
});

const webhookRules = (names: Names): readonly Rule[] => [
  ...common,
  rule('', 'nodes', 'list', 'watch'),
  rule('', 'pods', 'list', 'watch'),
  ownConfiguration(names, 'get'),
];

const controllersRules = (settings: Settings): readonly Rule[] => [
  ...common,
  rule('tidegate.io', 'virtualnodepolicies/status', 'patch'),
  rule('', 'nodes', 'get', 'list', 'watch'),
  rule('', 'pods', 'get', 'list', 'watch', 'patch'),
  rule('apps', 'replicasets', 'list', 'watch'),
  rule('batch', 'cronjobs', 'list', 'watch', ...(settings.flag('adoption') === 'on' ? ['get', 'patch'] : [])),
  rule('', 'events', 'create', 'patch'),
];

const schedulerRules: readonly Rule[] = [
  ...common,
  rule('', 'nodes', 'list', 'watch'),
  rule('', 'pods', 'get', 'list', 'watch', 'delete'),
  rule('', 'pods/binding', 'create'),
  rule('', 'pods/status', 'patch'),
  rule('batch', 'jobs', 'get', 'list', 'watch'),
  rule('', 'events', 'create', 'patch'),
];

function leaseRules({ namespace }: Names, name: string): readonly Rule[] {
  const ofLeases = { group: 'coordination.k8s.io', resource: 'leases', namespace };
  return [
    { ...ofLeases, verbs: ['create'] },
    { ...ofLeases, verbs: ['get', 'update'], names: [name] },
  ];
}

function logConfigRules(names: Names, settings: Settings): readonly Rule[] {
  if (settings.flag('log-configs') !== 'on') return [];
  const group = 'log.alibabacloud.com';
  const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
  const namespace = settings.flag('log-configs-namespace') ?? names.namespace;
  return [definition(`aliyunlogconfigs.${group}`), { group, resource: 'aliyunlogconfigs', verbs, namespace }];
}

function certificateRules(names: Names, settings: Settings): readonly Rule[] {
  if (settings.flag('certificates') !== 'self-managed') return [];
  const secrets = { group: '', resource: 'secrets', namespace: names.namespace };
  const held = ['authority-secret', 'webhook-secret'].map((flag) => settings.flag(flag) ?? '');
  return [
    ownConfiguration(names, 'get', 'patch'),
    { ...secrets, verbs: ['create'] },
    { ...secrets, verbs: ['get', 'update'], names: held },
  ];
}

function expand({ group, resource, verbs, names, namespace }: Rule): readonly Access[] {
  const where = namespace === undefined ? {} : { namespace };
  return verbs.flatMap((verb): readonly Access[] => {
    const access = { verb, group, resource, ...where };
    return names === undefined ? [access] : names.map((name) => ({ ...access, name }));
  });
}
