import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import type { JsonObject } from '../../../src/objects/json.js';
import { templateOf, type WorkloadKind } from '../../../src/objects/workload.js';
import { applyPatch } from '../../../src/placement/apply.js';
import { merge } from '../../../src/placement/merge.js';
import { intentOf, workloadFrom, workloadOfKind } from '../../support/build.js';
import { deepFreeze } from '../../support/freeze.js';
import { policy } from '../../support/policy.js';

const everything = intentOf(
  policy('nightly', {
    placement: {
      type: 'VirtualOnly',
      providers: [{ name: 'tencent-supernode', options: { timeZone: 'Asia/Tokyo' } }, { name: 'kwok' }],
    },
    scheduling: { schedulerName: 'tidegate-scheduler' },
    logs: { destinations: [{ kafka: { brokers: ['kafka:9092'], topic: 'logs' } }] },
    tracing: { otlp: { endpoint: 'http://otel:4318' } },
    startup: { imageCache: true, reuseSandbox: true },
    resilience: { unreachableSeconds: 3600 },
    env: [{ name: 'RUNTIME', value: 'serverless' }],
  }),
);

function mergeInto(object: JsonObject) {
  const frozen = deepFreeze(structuredClone(object));
  const workload = workloadFrom(frozen);
  return merge(templateOf(workload.kind, frozen), workload, everything);
}

describe('merge', () => {
  it.each<[WorkloadKind, string]>([
    ['CronJob', '/spec/jobTemplate/spec/template/spec/'],
    ['Job', '/spec/template/spec/'],
    ['Pod', '/spec/'],
  ])('writes into the pod template of a %s, and records below it', (kind, prefix) => {
    const { operations, steps, jobSteps } = mergeInto(workloadOfKind(kind));
    const inSpec = operations.filter(({ path }) => path.includes('/tolerations'));
    expect(inSpec.map(({ path }) => path.slice(0, prefix.length))).toEqual(inSpec.map(() => prefix));
    expect(steps.slice(0, 2).map(([, path]) => path)).toEqual(['/spec/tolerations', '/spec/tolerations/0']);
    expect([...steps, ...jobSteps]).toHaveLength(operations.length);
  });

  it.each<[WorkloadKind, string]>([
    ['CronJob', '/spec/jobTemplate/spec/podFailurePolicy'],
    ['Job', '/spec/podFailurePolicy'],
  ])('writes into the spec of the Job around it, and records below that, for a %s', (kind, prefix) => {
    const { operations, jobSteps } = mergeInto(workloadOfKind(kind));
    expect(operations.filter(({ path }) => path.startsWith(prefix)).map(({ path }) => path)).toEqual([
      prefix,
      `${prefix}/rules`,
      `${prefix}/rules/0`,
    ]);
    expect(jobSteps.map(([, path]) => path)).toEqual([
      '/podFailurePolicy',
      '/podFailurePolicy/rules',
      '/podFailurePolicy/rules/0',
    ]);
  });

  it('leaves a Job alone whose pods go to another scheduler', () => {
    expect(mergeInto(workloadOfKind('Job', { spec: { schedulerName: 'volcano' } })).jobSteps).toEqual([]);
  });

  it('does everything that the policy says, in the order of the slots', () => {
    const object = workloadOfKind('CronJob');
    const { operations, outcomes } = mergeInto(object);
    applyPatch(object, structuredClone(operations));
    const { metadata, spec } = templateOf('CronJob', object) as unknown as {
      metadata: Record<string, object>;
      spec: Record<string, unknown> & { containers: { env: { name: string }[] }[] };
    };
    expect(Object.keys(spec)).toEqual([
      'restartPolicy',
      'containers',
      'tolerations',
      'affinity',
      'schedulerName',
    ]);
    expect(Object.keys(metadata['annotations'] ?? {})).toEqual([
      'eks.tke.cloud.tencent.com/use-image-cache',
      'eks.tke.cloud.tencent.com/cbs-reuse-key',
      'eks.tke.cloud.tencent.com/host-timezone',
    ]);
    expect(spec.containers[0]?.env.map(({ name }) => name)).toEqual([
      'EKS_LOGS_OUTPUT_TYPE',
      'EKS_LOGS_LOG_PATHS',
      'EKS_LOGS_KAFKA_BROKERS',
      'EKS_LOGS_KAFKA_TOPIC',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      'RUNTIME',
    ]);
    expect(outcomes.filter(({ result }) => result !== 'added').map(({ item, why }) => [item, why])).toEqual([
      ['imageCache of kwok', 'the provider has no image cache that a pod can ask for'],
      ['reuseSandbox of kwok', 'the provider reuses nothing of an earlier run'],
      ['logs of kwok', 'the provider cannot write to any of the log destinations'],
    ]);
  });

  it.each<WorkloadKind>(['CronJob', 'Job', 'Pod'])('of its own result adds nothing to a %s', (kind) => {
    const object = workloadOfKind(kind);
    applyPatch(object, structuredClone(mergeInto(object).operations));
    const again = mergeInto(object);
    expect(again.operations).toEqual([]);
    expect(again.outcomes.map(({ result }) => result)).not.toContain('added');
  });

  it('takes the default seconds of the API server for a wish on a Pod alone', () => {
    const defaulted = ['not-ready', 'unreachable'].map((condition) => ({
      key: `node.kubernetes.io/${condition}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    }));
    const replaced = (kind: WorkloadKind) =>
      mergeInto(workloadOfKind(kind, { spec: { tolerations: defaulted } })).operations.filter(
        ({ op }) => op === 'replace',
      ).length;
    expect([replaced('CronJob'), replaced('Job'), replaced('Pod')]).toEqual([0, 0, 2]);
  });

  it('says where in the whole object a field has a wrong type', () => {
    expect(() => mergeInto(workloadOfKind('CronJob', { spec: { tolerations: {} } }))).toThrow(
      new AppError(
        'object-invalid',
        '/spec/jobTemplate/spec/template/spec/tolerations: expected an array, got object',
      ),
    );
  });
});
