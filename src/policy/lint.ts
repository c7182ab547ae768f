import { defaultScheduler, ownScheduler } from '../objects/well-known.js';
import { findProvider } from '../providers/registry.js';
import type { Fault } from './fault.js';
import { neverReached } from './lint-reach.js';
import type { Policy } from './policy.js';
import { type Reason, reasons } from './reasons.js';

/** Something that is allowed and will not do what it looks like. */
export interface LintWarning {
  readonly policy: string;
  /** From the document's root. */
  readonly path: Fault['path'];
  readonly message: string;
}

export interface LintContext {
  /** What the policy's providers cannot do of what it asks: the compiled policy knows. */
  readonly notOffered: (policy: Policy) => readonly { readonly item: string; readonly because: Reason }[];
  /** Whether Namespaces stand beside the policies. */
  readonly knowsNamespaces: boolean;
}

/** Warnings about policies that have no fault, policy by policy in the order given. Pure. */
export function lintPolicies(policies: readonly Policy[], context: LintContext): readonly LintWarning[] {
  return policies.flatMap((policy) =>
    [...rules.flatMap((rule) => rule(policy, context)), ...neverReached(policy, policies)].map((found) => ({
      policy: policy.metadata.name,
      ...found,
    })),
  );
}

type Found = Omit<LintWarning, 'policy'>;
type Rule = (policy: Policy, context: LintContext) => readonly Found[];

const rules: readonly Rule[] = [
  observes,
  placesNothing,
  needsNamespaces,
  cannotDo,
  weightsAgainstOrder,
  schedulerOfAnother,
  schedulerWithoutChoice,
  schedulerWithoutJobs,
  schedulerAgainstProvider,
  unusedDestinations,
  loopbackEndpoints,
  unresolvedFields,
];

function observes({ spec }: Policy): Found[] {
  if (spec.mode !== 'Observe') return [];
  return [at('spec.mode', 'Observe changes nothing, and ends the search of the workloads that it matches')];
}

function placesNothing({ spec }: Policy): Found[] {
  if (spec.rolloutPercent !== 0) return [];
  return [
    at('spec.rolloutPercent', '0 places nothing, and ends the search of the workloads that it matches'),
  ];
}

function needsNamespaces({ spec }: Policy, { knowsNamespaces }: LintContext): Found[] {
  const { selector } = spec.match.namespaces;
  if (knowsNamespaces || Object.keys(selector).length === 0) return [];
  const message = 'no Namespace stands beside the policies: where no cluster is asked, this matches nothing';
  return [at('spec.match.namespaces.selector', message)];
}

/** By reason, where the wish is written. */
const pathOf: Partial<Record<Reason, string>> = {
  'placement-not-offered': 'spec.placement.type',
  'steering-excluded': 'spec.placement.providers',
  'log-destination-not-offered': 'spec.logs.destinations',
  'log-source-not-offered': 'spec.logs.sources',
  'image-cache-not-offered': 'spec.startup.imageCache',
  'reuse-sandbox-not-offered': 'spec.startup.reuseSandbox',
};

function cannotDo(policy: Policy, { notOffered }: LintContext): Found[] {
  return notOffered(policy).map(({ item, because }) =>
    at(pathOf[because] ?? 'spec', `${item}: ${reasons[because]}`),
  );
}

function weightsAgainstOrder({ spec }: Policy): Found[] {
  const { providers } = spec.placement;
  return providers.flatMap(({ name, weight }, i) => {
    const lighter = providers.slice(0, i).find((earlier) => (earlier.weight ?? 101) < (weight ?? 0));
    if (lighter === undefined) return [];
    const message = `${name} weighs more than ${lighter.name}, which stands before it`;
    return [{ path: ['spec', 'placement', 'providers', i, 'weight'], message }];
  });
}

/** The API server takes any name, and a pod that names a scheduler which does not run waits without a word. */
function schedulerOfAnother({ spec: { scheduling } }: Policy): Found[] {
  const name = scheduling?.schedulerName ?? defaultScheduler;
  if (name === ownScheduler || name === defaultScheduler) return [];
  const message = `${name} is not ${ownScheduler}: where no scheduler of this name runs, the pods wait for ever`;
  return [at('spec.scheduling.schedulerName', message)];
}

function schedulerWithoutChoice({ spec: { scheduling, placement } }: Policy): Found[] {
  const isOne = placement.type === 'VirtualOnly' && placement.providers.length === 1;
  if (scheduling?.schedulerName !== ownScheduler || !isOne) return [];
  const message = `${ownScheduler} chooses between providers and real nodes: VirtualOnly and one provider leave no choice`;
  return [at('spec.scheduling.schedulerName', message)];
}

/** A Pod is moved by failing it, and its Job forgives that only where the policy is for the Job, or its CronJob, too. */
function schedulerWithoutJobs({ spec: { scheduling, match } }: Policy): Found[] {
  const { kinds } = match.workloads;
  if (scheduling?.schedulerName !== ownScheduler || kinds.some((kind) => kind !== 'Pod')) return [];
  const message = `with Pods alone, a Job counts each pod that does not start: its podFailurePolicy is written by way of Job or CronJob`;
  return [at('spec.match.workloads.kinds', message)];
}

/** A provider's own webhook or scheduler steers by labels, annotations or profiles and may not be asked then. */
function schedulerAgainstProvider({ spec: { scheduling, placement } }: Policy): Found[] {
  if (scheduling === undefined || scheduling.schedulerName === defaultScheduler) return [];
  return placement.providers
    .filter(({ name }) => (findProvider(name)?.steering.way ?? 'toleration') !== 'toleration')
    .map(({ name }) =>
      at(
        'spec.scheduling.schedulerName',
        `${name} steers the pod itself: another scheduler may keep it from that`,
      ),
    );
}

function unusedDestinations({ spec: { logs, placement } }: Policy): Found[] {
  const destinations = logs?.destinations ?? [];
  const kinds = destinations.map((destination) => Object.keys(destination)[0] ?? '');
  const used = placement.providers.map(({ name }) => {
    const writers = findProvider(name)?.logs ?? {};
    return kinds.findIndex((kind) => Object.hasOwn(writers, kind));
  });
  return kinds.flatMap((kind, i) =>
    used.includes(i)
      ? []
      : [
          {
            path: ['spec', 'logs', 'destinations', i, kind],
            message: 'no provider of the policy comes to write to it',
          },
        ],
  );
}

function loopbackEndpoints({ spec: { tracing } }: Policy): Found[] {
  const endpoints: readonly (readonly [string, string | undefined])[] = [
    ['spec.tracing.jaeger.collectorEndpoint', tracing?.jaeger?.collectorEndpoint],
    ['spec.tracing.jaeger.samplingEndpoint', tracing?.jaeger?.samplingEndpoint],
    ['spec.tracing.otlp.endpoint', tracing?.otlp?.endpoint],
  ];
  return endpoints
    .filter(
      ([, url]) => url !== undefined && /^(localhost|127\.[0-9.]+|0\.0\.0\.0)$/.test(new URL(url).hostname),
    )
    .map(([path]) => at(path, 'this address is the pod itself: nothing listens there on a virtual node'));
}

/** What virtual-kubelet/virtual-kubelet:internal/podutils/helper.go resolves; anything else fails the pod. */
const resolvedFields =
  /^(metadata\.(name|namespace|uid|labels\[.*|annotations\[.*)|spec\.(nodeName|serviceAccountName))$/;

function unresolvedFields({ spec: { env } }: Policy): Found[] {
  return env.flatMap(({ valueFrom }, i) => {
    const fieldPath = valueFrom?.fieldRef?.fieldPath ?? 'metadata.name';
    if (resolvedFields.test(fieldPath)) return [];
    const message = `virtual-kubelet does not resolve ${fieldPath}: the pod may fail to start`;
    return [{ path: ['spec', 'env', i, 'valueFrom', 'fieldRef', 'fieldPath'], message }];
  });
}

function at(path: string, message: string): Found {
  return { path: path.split('.'), message };
}
