import type { JsonObject } from '../../src/objects/json.js';
import { readWorkload, type Workload, type WorkloadKind } from '../../src/objects/workload.js';
import { compile, type CompiledPolicy } from '../../src/placement/compile.js';
import type { Intent } from '../../src/placement/intent.js';
import type { Policy } from '../../src/policy/policy.js';
import { findProvider, providers } from '../../src/providers/registry.js';
import type { Provider } from '../../src/providers/provider.js';

/** Members as in YAML; what is not stated is the bare minimum that the API server takes. */
export type Parts = Readonly<Record<string, unknown>>;

export interface PodParts {
  readonly metadata?: Parts;
  readonly spec?: Parts;
}

export interface WorkloadParts {
  readonly metadata?: Parts;
  readonly spec?: Parts;
  /** The pod template: its metadata, if any, and what its spec states. */
  readonly pod?: PodParts;
}

/** One container `app` without anything. */
export const container = (parts: Parts = {}): Record<string, unknown> => ({
  name: 'app',
  image: 'registry.example.com/app:1',
  ...parts,
});

export function cronJob({ metadata = {}, spec = {}, pod: template = {} }: WorkloadParts = {}): JsonObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'report', namespace: 'apps', ...metadata },
    spec: {
      schedule: '0 * * * *',
      jobTemplate: { spec: { template: podTemplate(template) } },
      ...spec,
    },
  } as JsonObject;
}

export function job({ metadata = {}, spec = {}, pod: template = {} }: WorkloadParts = {}): JsonObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'report', namespace: 'apps', ...metadata },
    spec: { template: podTemplate(template), ...spec },
  } as JsonObject;
}

export function pod({ metadata = {}, spec = {} }: PodParts = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'report', namespace: 'apps', ...metadata },
    spec: { containers: [container()], ...spec },
  } as JsonObject;
}

/** The same pod template as a workload of each kind. */
export function workloadOfKind(
  kind: WorkloadKind,
  template: PodParts = {},
  metadata: Parts = {},
): JsonObject {
  switch (kind) {
    case 'CronJob':
      return cronJob({ metadata, pod: template });
    case 'Job':
      return job({ metadata, pod: template });
    case 'Pod':
      return pod({ ...template, metadata: { ...template.metadata, ...metadata } });
  }
}

const podTemplate = ({ metadata, spec = {} }: PodParts): Parts => ({
  ...(metadata === undefined ? {} : { metadata }),
  spec: { restartPolicy: 'Never', containers: [container()], ...spec },
});

/** The object as `admit` reads it, in the namespace `apps`. */
export const workloadFrom = (object: JsonObject): Workload =>
  readWorkload(object['kind'] as WorkloadKind, object, 'apps');

export interface ReviewParts {
  readonly uid?: string;
  readonly operation?: string;
  readonly namespace?: string;
  readonly subResource?: string;
  readonly dryRun?: boolean;
  readonly username?: string;
  /** Default: that of the object. */
  readonly kind?: string;
  readonly oldObject?: JsonObject | null;
}

/** An AdmissionReview as the API server sends it. Default: the CREATE of a user, in the namespace `apps`. */
export function review(object: JsonObject | null, parts: ReviewParts = {}): JsonObject {
  const kind = parts.kind ?? (object?.['kind'] as string);
  const name = (object?.['metadata'] as JsonObject | undefined)?.['name'];
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: parts.uid ?? 'b2d0a9c4-0000-4000-8000-000000000001',
      kind: { group: kind === 'Pod' ? '' : 'batch', version: 'v1', kind },
      resource: { group: kind === 'Pod' ? '' : 'batch', version: 'v1', resource: `${kind.toLowerCase()}s` },
      ...(parts.subResource === undefined ? {} : { subResource: parts.subResource }),
      name: typeof name === 'string' ? name : '',
      namespace: parts.namespace ?? 'apps',
      operation: parts.operation ?? 'CREATE',
      userInfo: { username: parts.username ?? 'jane@example.com', groups: ['system:authenticated'] },
      object,
      oldObject: parts.oldObject ?? null,
      dryRun: parts.dryRun ?? false,
      options: { apiVersion: 'meta.k8s.io/v1', kind: 'CreateOptions' },
    },
  };
}

const byName: ReadonlyMap<string, Provider> = new Map(providers.map((one) => [one.name, one]));

export const compiled = (policy: Policy): CompiledPolicy => compile(policy, byName);

/** What a policy wants where all its providers can run the workload. */
export function intentOf(policy: Policy): Intent {
  const ready = compiled(policy);
  return ready.intentFor(ready.chosen);
}

export function provider(name: string): Provider {
  const found = findProvider(name);
  if (found === undefined) throw new Error(`no provider ${name}`);
  return found;
}
