import fc from 'fast-check';
import type { JsonObject } from '../../../src/objects/json.js';
import { jobSpecOf, workloadKinds, type WorkloadKind } from '../../../src/objects/workload.js';
import { workloadOfKind, type Parts } from '../build.js';

/**
 * Workloads that the API server takes, with whatever meets what a placement writes: node affinity with empty terms,
 * tolerations, variables of the same name and with references, nulls, odd keys, and what the API server fills in.
 */
export const workloads = (): fc.Arbitrary<JsonObject> =>
  fc
    .record({
      kind: fc.constantFrom<WorkloadKind>('CronJob', 'CronJob', ...workloadKinds),
      template: fc.record({ metadata: fc.oneof(fc.constant(undefined), metadata()), spec: podSpec() }),
      own: metadata(),
      job: jobSpec(),
      timeZone: fc.constantFrom(undefined, 'Asia/Shanghai'),
      filled: fc.boolean(),
    })
    .map(({ kind, template: { metadata: inner, spec }, own, job, timeZone, filled }) => {
      const given = filled ? filledIn(kind, spec) : spec;
      const object = workloadOfKind(kind, { ...(inner && { metadata: inner }), spec: present(given) }, own);
      Object.assign(jobSpecOf(kind, object) ?? {}, present(fitting(job, kind, spec, filled)));
      if (kind !== 'CronJob' || timeZone === undefined) return object;
      return { ...object, spec: { ...(object['spec'] as JsonObject), timeZone } };
    });

/** What of a Job meets what a placement writes into it. */
function jobSpec(): fc.Arbitrary<Parts> {
  const exits = { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } };
  const onDisruption = (action: string, status?: string) => ({
    action,
    onPodConditions: [{ type: 'DisruptionTarget', ...(status === undefined ? {} : { status }) }],
  });
  const rules = fc.constantFrom(
    [],
    [exits],
    [exits, onDisruption('Ignore')],
    [onDisruption('Ignore', 'True')],
    [onDisruption('Count', 'True'), exits],
    [onDisruption('Ignore', 'False')],
    Array.from({ length: 20 }, () => exits),
  );
  return fc.record({
    podFailurePolicy: fc.oneof(
      fc.constantFrom(undefined, null),
      rules.map((list) => ({ rules: list })),
    ),
    podReplacementPolicy: fc.constantFrom(undefined, null, 'Failed', 'TerminatingOrFailed'),
  });
}

/** As the API server takes it: a podFailurePolicy only beside what allows it. */
function fitting(job: Parts, kind: WorkloadKind, pod: Parts, filled: boolean): Parts {
  const policy = pod['restartPolicy'] === 'Never' ? (job['podFailurePolicy'] ?? null) : null;
  const replacement = job['podReplacementPolicy'] ?? null;
  const defaulted = policy === null ? 'TerminatingOrFailed' : 'Failed';
  return {
    podFailurePolicy: policy ?? undefined,
    podReplacementPolicy:
      policy !== null && replacement === 'TerminatingOrFailed'
        ? 'Failed'
        : (replacement ?? (filled && kind === 'Job' ? defaulted : undefined)),
  };
}

/** Absent, null, or a value: the API server takes the three alike, but for the last. */
export const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
  fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: fc.constantFrom(null, undefined) });

const rarely = <T>(value: T): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 30, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constant(value) });

/** Keys that providers write too, and keys that need escaping. */
const keys = fc.constantFrom(
  'app',
  'a.b/c_d',
  'constructor',
  'alibabacloud.com/acs',
  'k8s.aliyun.com/eci-auto-imc',
  'eks.tke.cloud.tencent.com/host-timezone',
  'bursting.cci.io/burst-to-cci',
  'resource.cci.io/pod-size-specs',
);

function metadata(): fc.Arbitrary<Parts> {
  const map = maybe(fc.dictionary(keys, fc.constantFrom('', 'true', 'enforce', '2_4'), { maxKeys: 3 }));
  return fc.record({ labels: map, annotations: map }).map(present);
}

function podSpec(): fc.Arbitrary<Parts> {
  return fc.record({
    containers: containers('app', 'proxy', '0'),
    initContainers: maybe(containers('init', 'sidecar')),
    tolerations: maybe(fc.array(toleration(), { maxLength: 4 })),
    affinity: maybe(affinity()),
    schedulerName: fc.constantFrom(undefined, null, 'default-scheduler', 'volcano', 'tidegate-scheduler'),
    nodeSelector: fc.constantFrom(undefined, undefined, null, {}, { disk: 'ssd' }, { type: 'kwok' }),
    hostNetwork: rarely(true),
    restartPolicy: fc.constantFrom('Never', 'Never', 'OnFailure'),
    topologySpreadConstraints: rarely([
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' },
    ]),
    volumes: fc.constantFrom(
      undefined,
      null,
      [],
      [{ name: 'tmp', emptyDir: {} }],
      [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    ),
  });
}

function containers(...names: string[]): fc.Arbitrary<Parts[]> {
  const one = fc
    .record({
      env: maybe(fc.array(variable(), { maxLength: 6 })),
      envFrom: fc.constantFrom(undefined, null, [], [{ configMapRef: { name: 'settings' } }]),
      args: fc.constantFrom(undefined, undefined, null, ['--agent=$(JAEGER_AGENT_HOST)']),
      resources: fc.constantFrom(undefined, {}, { requests: { cpu: '100m', memory: '64Mi' } }),
      ports: fc.constantFrom(undefined, undefined, null, [{ containerPort: 9100 }]),
    })
    .map(present);
  return fc
    .tuple(fc.subarray(names, { minLength: 1 }), fc.array(one, { minLength: names.length }))
    .map(([some, parts]) =>
      some.map((name, i) => ({ name, image: 'registry.example.com/app:1', ...parts[i] })),
    );
}

const variableNames = fc.constantFrom(
  'A',
  'NODE_IP',
  'RUNTIME',
  'JAEGER_AGENT_HOST',
  'JAEGER_ENDPOINT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'EKS_LOGS_OUTPUT_TYPE',
);

function variable(): fc.Arbitrary<Parts> {
  const reference = variableNames.map((name) => `http://$(${name}):4317`);
  const field = fc
    .constantFrom('status.hostIP', 'status.hostIP', 'status.podIP', 'metadata.name', "metadata.labels['app']")
    .map((fieldPath) => ({ fieldRef: { apiVersion: 'v1', fieldPath } }));
  const source = fc.oneof(field, fc.constant({ secretKeyRef: { name: 'secret', key: 'key' } }));
  return fc.oneof(
    fc.record({
      name: variableNames,
      value: fc.oneof(reference, fc.constantFrom('a', 'serverless', '$$(NODE_IP)', '$(ABSENT)')),
    }),
    fc.record({ name: variableNames, valueFrom: source }),
    fc.record({ name: variableNames }),
  );
}

function toleration(): fc.Arbitrary<Parts> {
  const effect = fc.constantFrom(undefined, 'NoSchedule', 'NoExecute');
  const key = fc.constantFrom(
    'spot',
    'virtual-kubelet.io/provider',
    'kwok.x-k8s.io/node',
    'node.kubernetes.io/not-ready',
  );
  const seconds = fc.constantFrom(undefined, 0, 60, 300);
  return fc
    .oneof(
      fc.record({ key, operator: fc.constant('Exists'), effect, seconds }),
      fc.record({
        key,
        operator: fc.constantFrom(undefined, 'Equal'),
        value: fc.constantFrom('azure', 'x'),
        effect,
        seconds,
      }),
      fc.record({ operator: fc.constant('Exists'), effect, seconds }),
    )
    .map(({ seconds: tolerationSeconds, ...rest }) =>
      present({ ...rest, ...(rest.effect === 'NoExecute' ? { tolerationSeconds } : {}) }),
    );
}

function affinity(): fc.Arbitrary<Parts> {
  const terms = fc.array(term(), { minLength: 1, maxLength: 3 });
  const node = fc
    .record({
      requiredDuringSchedulingIgnoredDuringExecution: maybe(
        terms.map((nodeSelectorTerms) => ({ nodeSelectorTerms })),
      ),
      preferredDuringSchedulingIgnoredDuringExecution: maybe(
        fc.array(fc.record({ weight: fc.integer({ min: 1, max: 100 }), preference: term() }), {
          maxLength: 2,
        }),
      ),
    })
    .map(present);
  return fc
    .record({ nodeAffinity: maybe(node), podAntiAffinity: fc.constantFrom(undefined, null, {}) })
    .map(present);
}

function term(): fc.Arbitrary<Parts> {
  const key = fc.constantFrom('zone', 'type', 'kubernetes.io/os');
  const expression = fc.oneof(
    fc.record({
      key,
      operator: fc.constantFrom('In', 'NotIn'),
      values: fc.subarray(['a', 'kwok', 'virtual-kubelet', 'linux'], { minLength: 1 }),
    }),
    fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  );
  const field = { key: 'metadata.name', operator: 'In', values: ['node-1'] };
  return fc
    .record({
      matchExpressions: maybe(fc.array(expression, { maxLength: 3 })),
      matchFields: fc.constantFrom(undefined, undefined, null, [], [field]),
    })
    .map(present);
}

/** What the API server fills in before it asks. */
function filledIn(kind: WorkloadKind, spec: Parts): Parts {
  const waits = ['not-ready', 'unreachable'].map((condition) => ({
    key: `node.kubernetes.io/${condition}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  }));
  const tolerations = (spec['tolerations'] ?? []) as Parts[];
  const missing = waits.filter(({ key }) => tolerations.every((one) => one['key'] !== key && 'key' in one));
  return {
    dnsPolicy: 'ClusterFirst',
    terminationGracePeriodSeconds: 30,
    securityContext: {},
    ...spec,
    schedulerName: spec['schedulerName'] ?? 'default-scheduler',
    ...(kind === 'Pod' ? { tolerations: [...tolerations, ...missing] } : {}),
  };
}

const present = (parts: Parts): Parts =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
