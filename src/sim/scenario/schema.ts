import { z } from 'zod';
import { isObject, type JsonObject } from '../../objects/json.js';
import { type Fault, oneFaultAField, toFaults } from '../../policy/fault.js';
import { parsePolicy } from '../../policy/parse.js';
import type { Parsed } from '../../policy/parse.js';
import type { Policy } from '../../policy/policy.js';
import { providerNames } from '../../providers/registry.js';
import { quantity } from '../../objects/resources.js';
import { parseSchedule } from '../../cron/schedule.js';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `1h30m`, `24h`; becomes milliseconds. */
const duration = z
  .string()
  .regex(/^(\d+(\.\d+)?(ms|s|m|h|d))+$/, 'expected a duration as 90s, 10m or 1h30m')
  .transform((text) =>
    [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)].reduce(
      (sum, [, number, unit = '']) => sum + Number(number) * (units[unit] ?? 0),
      0,
    ),
  );

const amount = z.string().refine((text) => quantity(text) > 0, 'expected a quantity above 0, as 500m or 2Gi');
const name = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$/, 'expected a name of a-z, 0-9 and -');
const count = z.int().min(1).max(100_000).default(1);
const limits = (qps: number, burst: number) =>
  z.strictObject({ qps: z.number().min(0).default(qps), burst: z.int().min(1).default(burst) });

const node = z.strictObject({
  name,
  count,
  /** Absent: an ordinary node. */
  provider: z.enum(providerNames).optional(),
  zone: name.default('zone-a'),
  cpu: amount.default('16'),
  memory: amount.default('64Gi'),
  pods: z.int().min(1).default(110),
  /** From acceptance to running, with the image to be pulled, and without. */
  coldStart: duration.prefault('20s'),
  warmStart: duration.prefault('2s'),
  jitter: z.number().min(0).max(1).default(0.2),
  /** Of a virtual node; default: the virtual-kubelet library's queues. */
  acceptance: z
    .strictObject({ burst: z.int().min(1).default(100), perSecond: z.number().positive().default(10) })
    .prefault({}),
});

const pods = {
  name,
  count,
  namespace: name.default('apps'),
  cpu: amount.default('250m'),
  memory: amount.default('256Mi'),
  image: z.string().min(1).default('registry.example/app:1'),
};

const cronJob = z.strictObject({
  ...pods,
  type: z.literal('CronJob'),
  /** Five fields; an H in a field stands for a number that is fixed by the CronJob's name. */
  schedule: z.string().refine((text) => isSchedule(text), 'expected a schedule as 0 0 * * *'),
  timeZone: z
    .string()
    .refine((zone) => parseSchedule('0 0 * * *', zone) !== undefined, 'expected an IANA time zone')
    .optional(),
  run: duration.prefault('30s'),
  exitCode: z.int().min(0).max(255).default(0),
  restartPolicy: z.enum(['Never', 'OnFailure']).default('Never'),
  backoffLimit: z.int().min(0).default(6),
  concurrencyPolicy: z.enum(['Allow', 'Forbid', 'Replace']).default('Allow'),
});

const deployment = z.strictObject({
  ...pods,
  type: z.literal('Deployment'),
  replicas: z.int().min(0).default(2),
  /** Its template itself prefers ordinary nodes and tolerates those of this provider, with tidegate and without. */
  overflow: z.enum(providerNames).optional(),
  /** An autoscaler follows the load: straight lines between the points, shared by the pods. */
  traffic: z
    .strictObject({
      perPod: z.number().positive(),
      min: z.int().min(1).default(1),
      max: z.int().min(1),
      points: z.array(z.strictObject({ at: duration, load: z.number().min(0) })).min(1),
    })
    .optional(),
});

const stock = z.strictObject({
  zone: name,
  size: z.string().default('*'),
  /** Absent: no end. */
  left: z.int().min(0).optional(),
});

const event = z.strictObject({
  at: duration,
  stock: stock.optional(),
  rollout: z
    .strictObject({ namespace: name.default('apps'), deployment: name, image: z.string().min(1) })
    .optional(),
  cordon: name.optional(),
  uncordon: name.optional(),
  down: name.optional(),
  up: name.optional(),
});

export const sections = ['admission', 'stages', 'limits', 'nodes', 'scaleDown', 'failures'] as const;

const scenarioSchema = z.strictObject({
  apiVersion: z.literal('tidegate.io/v1alpha1'),
  kind: z.literal('Scenario'),
  metadata: z.strictObject({ name }),
  spec: z.strictObject({
    about: z.string().min(1),
    seed: z.int().min(0).default(1),
    start: z.iso.datetime('expected a time as 2026-03-01T23:59:00Z').transform((text) => Date.parse(text)),
    length: duration,
    controllerManager: limits(20, 30)
      .extend({ workers: z.int().min(1).default(5) })
      .prefault({}),
    scheduler: limits(50, 100)
      .extend({ cycle: duration.prefault('3ms') })
      .prefault({}),
    nodes: z.array(node).min(1),
    /** Namespaces whose workloads tidegate sees. */
    optedIn: z.array(name).default(['apps']),
    policies: z.array(z.looseObject({})).default([]),
    workloads: z.array(z.discriminatedUnion('type', [cronJob, deployment])).min(1),
    stock: z.array(stock).default([]),
    events: z.array(event).default([]),
    report: z.array(z.enum(sections)).min(1),
    takeaways: z.array(z.string()).min(1),
    /** In place of them where the scenario runs without tidegate. */
    takeawaysWithout: z.array(z.string()).min(1).optional(),
  }),
});

type Raw = z.output<typeof scenarioSchema>;
export type Scenario = Omit<Raw, 'spec'> & {
  readonly spec: Omit<Raw['spec'], 'policies'> & { readonly policies: readonly Policy[] };
};
export type NodeGroup = Raw['spec']['nodes'][number];
/** With what is left out. @throws {ZodError} */
export const nodeGroup = (given: z.input<typeof node>): NodeGroup => node.parse(given);
export type WorkloadGroup = Raw['spec']['workloads'][number];
export type StockSetting = z.output<typeof stock>;
export type ScenarioEvent = z.output<typeof event>;
export type Section = (typeof sections)[number];

/** A document as it came from a file → a scenario, or all its faults, those of its policies included. Never throws. */
export function parseScenario(document: unknown): Parsed<Scenario> {
  const result = scenarioSchema.safeParse(document);
  const policies = policiesOf(document).map((policy) => parsePolicy(policy));
  const faults: Fault[] = policies.flatMap((policy, i) =>
    policy.ok
      ? []
      : policy.faults.map(({ path, message }) => ({ path: ['spec', 'policies', i, ...path], message })),
  );
  if (!result.success) faults.unshift(...toFaults(result.error.issues, document, fieldsAt));
  if (!result.success || faults.length > 0) return { ok: false, faults: oneFaultAField(faults) };
  const values = policies.flatMap((policy) => (policy.ok ? [policy.value] : []));
  return { ok: true, value: { ...result.data, spec: { ...result.data.spec, policies: values } } };
}

/** The names of the fields that may stand at `path`. */
function fieldsAt(path: readonly (string | number)[]): readonly string[] {
  let found: readonly unknown[] = [z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' })];
  for (const key of path) found = found.flatMap((schema) => optionsOf(step(schema, key)));
  return [...new Set(found.flatMap((schema) => Object.keys(objectIn(schema, 'properties'))))];
}

const step = (schema: unknown, key: string | number): unknown =>
  typeof key === 'number' ? objectIn(schema, 'items') : objectIn(schema, 'properties')[key];

function optionsOf(schema: unknown): readonly unknown[] {
  const { oneOf, anyOf } = isObject(schema) ? schema : {};
  const options: unknown = oneOf ?? anyOf;
  return Array.isArray(options) ? (options as readonly unknown[]) : [schema];
}

function objectIn(schema: unknown, key: string): JsonObject {
  const member = isObject(schema) ? schema[key] : undefined;
  return isObject(member) ? member : {};
}

function policiesOf(document: unknown): readonly unknown[] {
  const spec = isObject(document) ? document['spec'] : undefined;
  const policies = isObject(spec) ? spec['policies'] : undefined;
  return Array.isArray(policies) ? policies : [];
}

/** H becomes a number below the field's count: minutes, hours, days 1 to 28, months, days of the week. */
export function spreadSchedule(schedule: string, hash: number): string {
  const counts = [60, 24, 28, 12, 7];
  const firsts = [0, 0, 1, 1, 0];
  let rest = hash >>> 0;
  return schedule
    .trim()
    .split(/\s+/)
    .map((field, i) => {
      if (field !== 'H') return field;
      const number = rest % (counts[i] ?? 1);
      rest = Math.floor(rest / (counts[i] ?? 1));
      return String(number + (firsts[i] ?? 0));
    })
    .join(' ');
}

const isSchedule = (text: string): boolean => parseSchedule(spreadSchedule(text, 0)) !== undefined;
