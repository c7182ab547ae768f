import type { KubeObject } from '../kube/object.js';
import { resources } from '../kube/resource.js';
import { ownSuffix } from '../certs/ca-bundle.js';
import { setsDeletionCosts } from '../sources/karpenter.js';
import { warning, type Finding, type Names } from './check.js';
import { listCustom, someOf, type ForeignKind } from './custom.js';
import { objectsAt, textAt, textsAt } from './look.js';
import type { Reader } from './reader.js';

/** Something else in the cluster that writes what tidegate writes, or moves pods by itself. */
export interface Rival {
  readonly title: string;
  /** @throws {KubeError} */
  look(read: Reader, names: Names): Promise<Finding | undefined>;
}

/** Objects of a product; `bites`: those of them that meet tidegate. */
const productOf = (
  title: string,
  definition: ForeignKind,
  tell: (objects: readonly KubeObject[]) => readonly [reason: string, remedy: string],
  bites: (object: KubeObject) => boolean = () => true,
): Rival => ({
  title,
  async look(read) {
    const found = ((await listCustom(read, definition)) ?? []).filter(bites);
    return found.length === 0 ? undefined : warning(...tell(found));
  },
});

/** The ConfigMap of ack-virtual-node (or the add-on of that name): selectors that move pods to ECI by themselves. */
const eciProfile: Rival = {
  title: 'eci-profile',
  async look(read) {
    const found = await read.get(resources.configMaps, { namespace: 'kube-system', name: 'eci-profile' });
    if (found === undefined || selectorsIn(textAt(found, 'data', 'selectors')) === 0) return undefined;
    return warning(
      'eci-profile has selectors: it moves pods to ECI by itself, past policies and their compatibility gate',
      'take what tidegate is for out of its selectors: kubectl -n kube-system edit configmap eci-profile',
    );
  },
};

function selectorsIn(text: string): number {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.length : 1;
  } catch {
    return text.trim() === '' ? 0 : 1;
  }
}

const workloadSpread = productOf('OpenKruise WorkloadSpread', 'workloadspreads.apps.kruise.io', (found) => [
  `OpenKruise WorkloadSpread ${someOf(found)} sets deletion costs and affinity: tidegate does not mark the pods of theirs`,
  'have one of both spread a workload: leave its namespace out of spec.match, or delete the WorkloadSpread',
]);

const resourcePolicy = productOf(
  'ACK ResourcePolicy',
  'resourcepolicies.scheduling.alibabacloud.com',
  (found) => [
    `ACK ResourcePolicy ${someOf(found)} orders where pods go and scale in, and cannot be used with deletion costs: tidegate does not mark the pods that it selects`,
    'have one of both order a workload: kubectl get resourcepolicies.scheduling.alibabacloud.com -A',
  ],
);

const karpenter: Rival = {
  title: 'Karpenter',
  async look(read) {
    const labelSelector = 'app.kubernetes.io/name=karpenter';
    const found = ((await read.list(resources.deployments, { labelSelector })) ?? []).filter(
      setsDeletionCosts,
    );
    if (found.length === 0) return undefined;
    return warning(
      `Karpenter ${someOf(found)} sets deletion costs (PodDeletionCostManagement): tidegate does not mark pods on its nodes`,
      'switch the feature gate PodDeletionCostManagement off, or let it have its way',
    );
  },
};

/** What tidegate writes into a pod template, as others name it in patches, paths and expressions. */
const ourFields = /\b(tolerations|affinity|nodeAffinity|nodeSelector|schedulerName)\b|pod-deletion-cost/;
const ourKinds = /(^|[/"])(\*|Pod|Job|CronJob)($|")/;

/** Only the rules that mutate count: a policy that validates the same fields changes nothing. */
const kyvernoMutates = (object: KubeObject): boolean =>
  objectsAt(object, 'spec', 'rules').some(
    (rule) =>
      ourFields.test(JSON.stringify(rule['mutate'] ?? {})) &&
      ourKinds.test(JSON.stringify(rule['match'] ?? {})),
  );

const kyverno = (definition: ForeignKind) =>
  productOf(
    'Kyverno',
    definition,
    (found) => [
      `Kyverno ${someOf(found)} mutates fields that tidegate writes (tolerations, affinity, nodeSelector, schedulerName)`,
      `exclude the namespaces that have opted in from it: kubectl get ${definition} -A -o yaml`,
    ],
    kyvernoMutates,
  );

const gatekeeper = (definition: ForeignKind) =>
  productOf(
    'Gatekeeper',
    definition,
    (found) => [
      `Gatekeeper ${someOf(found)} mutates fields that tidegate writes (tolerations, affinity, nodeSelector, schedulerName)`,
      `exclude the namespaces that have opted in from it (spec.match.excludedNamespaces): kubectl get ${definition} -o yaml`,
    ],
    (object) => ourFields.test(textAt(object, 'spec', 'location')),
  );

/** In the API server itself, and Kyverno's newer kind of the same shape. */
const celMutates = (object: KubeObject): boolean =>
  ourFields.test(JSON.stringify((object['spec'] as { mutations?: unknown } | undefined)?.mutations ?? {}));

const mutatingPolicies: Rival = {
  title: 'MutatingAdmissionPolicy',
  async look(read) {
    const found = ((await read.list(resources.mutatingAdmissionPolicies)) ?? []).filter(celMutates);
    if (found.length === 0) return undefined;
    return warning(
      `MutatingAdmissionPolicy ${someOf(found)} mutates fields that tidegate writes`,
      'exclude the namespaces that have opted in by its matchConstraints: kubectl get mutatingadmissionpolicies -o yaml',
    );
  },
};

/** Webhooks that are asked of CronJobs, besides ours: what they write may meet what tidegate writes. */
const otherWebhooks: Rival = {
  title: 'other webhooks',
  async look(read, { fullname }) {
    const all = (await read.list(resources.mutatingWebhooks)) ?? [];
    const others = all.filter(({ metadata }) => metadata.name !== fullname);
    const twins = others.filter((one) =>
      objectsAt(one, 'webhooks').some((hook) => textAt(hook, 'name').endsWith(ownSuffix)),
    );
    if (twins.length > 0) {
      const reason = `${someOf(twins)} asks a second tidegate: both rewrite the same workloads`;
      return warning(reason, 'uninstall one of both: helm list -A');
    }
    const asked = others.filter((one) => objectsAt(one, 'webhooks').some(asksOfCronJobs));
    if (asked.length === 0) return undefined;
    return warning(
      `${someOf(asked)} is asked of CronJobs too: what it writes may meet what tidegate writes`,
      'compare what it changes: kubectl create --dry-run=server -o yaml of a CronJob in an opted-in namespace',
    );
  },
};

const asksOfCronJobs = (hook: Parameters<typeof objectsAt>[0]): boolean =>
  objectsAt(hook, 'rules').some((rule) => {
    const has = (field: string, ...words: readonly string[]) =>
      textsAt(rule, field).some((word) => words.includes(word));
    return has('apiGroups', 'batch', '*') && has('resources', 'cronjobs', '*', '*/*');
  });

/** In the order in which they are told. */
export const rivals: readonly Rival[] = [
  eciProfile,
  workloadSpread,
  resourcePolicy,
  karpenter,
  kyverno('clusterpolicies.kyverno.io'),
  kyverno('policies.kyverno.io'),
  productOf(
    'Kyverno',
    'mutatingpolicies.policies.kyverno.io',
    (found) => [
      `Kyverno MutatingPolicy ${someOf(found)} mutates fields that tidegate writes`,
      'exclude the namespaces that have opted in from it: kubectl get mutatingpolicies.policies.kyverno.io -o yaml',
    ],
    celMutates,
  ),
  gatekeeper('assign.mutations.gatekeeper.sh'),
  gatekeeper('modifyset.mutations.gatekeeper.sh'),
  mutatingPolicies,
  otherWebhooks,
];
