import { resources, type Resource } from '../kube/resource.js';
import type { JsonObject } from '../objects/json.js';
import type { WorkloadKind } from '../objects/workload.js';
import type { LabelSelector } from '../objects/pod.js';
import { compileSelector, type Labels } from '../objects/selector.js';
import type { Policy } from '../policy/policy.js';
import { admit } from '../webhook/admit.js';
import { allSelected, type HookSelectors } from '../webhook/selectors.js';
import type { Verdict } from '../webhook/verdict.js';
import type { Serving } from './serving.js';

/** A workload that a policy would place, to be created by a dry-run. */
export interface Probe {
  readonly kind: WorkloadKind;
  readonly resource: Resource;
  readonly namespace: string;
  readonly policy: string;
  readonly object: JsonObject;
}

/** The first that some policy would place in some opted-in namespace, and that the webhook is asked about. */
export function findProbe(
  { snapshot, optedIn }: Serving,
  { namespaces, objects }: HookSelectors = allSelected,
): Probe | undefined {
  const asked = compileSelector(namespaces);
  for (const namespace of optedIn.filter((name) => asked(snapshot.namespaceLabels(name) ?? {}))) {
    for (const { policy } of snapshot.index.ordered) {
      const found = candidates(policy, namespace, objects).find(({ kind, object }) => {
        const verdict = verdictOf(kind, namespace, object, { snapshot });
        return verdict.kind === 'patched' && verdict.policy === policy.metadata.name;
      });
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** What the webhook would answer; the object stays as it is. */
export function verdictOf(
  kind: WorkloadKind,
  namespace: string,
  object: JsonObject,
  { snapshot }: Pick<Serving, 'snapshot'>,
): Verdict {
  const review = {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: 'probe',
      kind: { group: kind === 'Pod' ? '' : 'batch', version: 'v1', kind },
      operation: 'CREATE',
      namespace,
      object,
    },
  };
  const text = JSON.stringify(review);
  return admit(JSON.parse(text), snapshot, Buffer.byteLength(text)).verdict;
}

const resourceOf = { CronJob: resources.cronJobs, Job: resources.jobs, Pod: resources.pods } as const;

/** A percentage leaves names out: of so many, one is in. */
const namesOf = ({ spec }: Policy): readonly string[] =>
  Array.from({ length: spec.rolloutPercent < 100 ? 300 : 1 }, (_, i) => `tidegate-doctor-${i}`);

/** None where the labels that the policy asks for and those of the webhook exclude each other. */
function candidates(policy: Policy, namespace: string, asked: LabelSelector): readonly Probe[] {
  const labels = { ...labelsFor(policy.spec.match.workloads.selector), ...labelsFor(asked) };
  if (!compileSelector(asked)(labels)) return [];
  return policy.spec.match.workloads.kinds.flatMap((kind) =>
    namesOf(policy).map((name) => ({
      kind,
      resource: resourceOf[kind],
      namespace,
      policy: policy.metadata.name,
      object: { metadata: { name, ...(isEmpty(labels) ? {} : { labels }) }, ...bodyOf(kind) },
    })),
  );
}

const isEmpty = (labels: Labels): boolean => Object.keys(labels).length === 0;

/** Labels that a selector asks for. */
function labelsFor({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Labels {
  const asked = matchExpressions.flatMap(({ key, operator, values = [] }): [string, string][] => {
    if (operator === 'In') return [[key, values[0] ?? '']];
    return operator === 'Exists' ? [[key, 'probe']] : [];
  });
  return { ...Object.fromEntries(asked), ...matchLabels };
}

/** Small, and within the restricted Pod Security Standard: nothing but a webhook has a reason to refuse it. */
const podSpec = {
  restartPolicy: 'Never',
  securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'probe',
      image: 'registry.k8s.io/pause:3.10',
      resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { cpu: '250m', memory: '512Mi' } },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
};

function bodyOf(kind: WorkloadKind): JsonObject {
  const job = { spec: { template: { spec: podSpec } } };
  switch (kind) {
    case 'CronJob':
      return { spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: job } };
    case 'Job':
      return job;
    case 'Pod':
      return { spec: podSpec };
  }
}
