import type { Access } from './access.js';
import type { Names } from './check.js';
import type { Settings } from './settings.js';

/** One rule of the chart's roles (charts/tidegate/templates/*-rbac.yaml); a test holds both together. */
interface Rule {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Default: all of them. */
  readonly names?: readonly string[];
  /** In the release's namespace only. */
  readonly own?: true;
}

const rule = (group: string, resource: string, ...verbs: readonly string[]): Rule => ({
  group,
  resource,
  verbs,
});

/** What the webhook's ServiceAccount has to be allowed. */
export const webhookGrants = (names: Names): readonly Access[] => expand(webhookRules(names), names);

/** What the ServiceAccount of the controllers has to be allowed, as they are set up. */
export const controllersGrants = (names: Names, settings: Settings): readonly Access[] =>
  expand(controllersRules(names, settings), names);

const definitionsOfRivals = 'resourcepolicies.scheduling.alibabacloud.com';

const common: readonly Rule[] = [
  rule('tidegate.io', 'virtualnodepolicies', 'list', 'watch'),
  rule('', 'namespaces', 'list', 'watch'),
  rule('apps', 'deployments', 'list', 'watch'),
  {
    ...rule('apiextensions.k8s.io', 'customresourcedefinitions', 'list', 'watch'),
    names: [definitionsOfRivals],
  },
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

function controllersRules(names: Names, settings: Settings): readonly Rule[] {
  const adopts = settings.flag('adoption') === 'on';
  const leases = { group: 'coordination.k8s.io', resource: 'leases', own: true } as const;
  return [
    ...common,
    rule('tidegate.io', 'virtualnodepolicies/status', 'patch'),
    rule('', 'nodes', 'get', 'list', 'watch'),
    rule('', 'pods', 'get', 'list', 'watch', 'patch'),
    rule('apps', 'replicasets', 'list', 'watch'),
    rule('batch', 'cronjobs', 'list', 'watch', ...(adopts ? ['get', 'patch'] : [])),
    rule('', 'events', 'create', 'patch'),
    { ...leases, verbs: ['create'] },
    { ...leases, verbs: ['get', 'update'], names: ['tidegate-controllers'] },
    ...(settings.flag('certificates') === 'self-managed' ? certificateRules(names, settings) : []),
  ];
}

function certificateRules(names: Names, settings: Settings): readonly Rule[] {
  const secrets = { group: '', resource: 'secrets', own: true } as const;
  const held = ['authority-secret', 'webhook-secret'].map((flag) => settings.flag(flag) ?? '');
  return [
    ownConfiguration(names, 'get', 'patch'),
    { ...secrets, verbs: ['create'] },
    { ...secrets, verbs: ['get', 'update'], names: held },
  ];
}

const expand = (rules: readonly Rule[], { namespace }: Names): readonly Access[] =>
  rules.flatMap(({ group, resource, verbs, names, own }) =>
    verbs.flatMap((verb) =>
      (names ?? [undefined]).map((name) => ({
        verb,
        group,
        resource,
        ...(own === true ? { namespace } : {}),
        ...(name === undefined ? {} : { name }),
      })),
    ),
  );
