import jsonpatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/objects/json.js';
import { templateOf, type WorkloadKind } from '../../../src/objects/workload.js';
import type { Intent } from '../../../src/placement/intent.js';
import { originalOf } from '../../../src/placement/original.js';
import { plan } from '../../../src/placement/plan.js';
import { on } from '../../support/aspect.js';
import { cronJob, intentOf, pod, workloadFrom, workloadOfKind } from '../../support/build.js';
import { policy } from '../../support/policy.js';

const record = 'tidegate.io/placement';
const kwok = intentOf(policy('nightly'));
const eci = intentOf(policy('daily', { ...on('VirtualOnly', 'alibaba-eci'), startup: { imageCache: true } }));

/** Plans on a copy, as a request carries it. */
function planned(object: JsonObject, intent: Intent | undefined, bytes = 1_000) {
  const workload = workloadFrom(structuredClone(object));
  const made = plan(workload, originalOf(workload), intent, bytes);
  const operations = made.patch === '' ? [] : (JSON.parse(made.patch) as jsonpatch.Operation[]);
  const patched = jsonpatch.applyPatch(structuredClone(object), operations, true).newDocument;
  expect(patched).toEqual(made.result);
  return { ...made, result: JSON.parse(JSON.stringify(made.result)) as JsonObject };
}

const recordOf = (object: JsonObject) =>
  (object['metadata'] as { annotations?: Record<string, string> }).annotations?.[record];

describe('a new placement', () => {
  it.each<WorkloadKind>(['CronJob', 'Job', 'Pod'])('of a %s carries a record on its own metadata', (kind) => {
    const { result } = planned(workloadOfKind(kind), kwok);
    expect(JSON.parse(recordOf(result) ?? '')).toMatchObject({
      v: 1,
      policy: 'nightly',
      providers: ['kwok'],
    });
  });

  it('writes the record last, and makes the map that it needs', () => {
    const { operations } = planned(cronJob(), kwok);
    expect(operations.slice(-2).map(({ op, path }) => [op, path])).toEqual([
      ['add', '/metadata/annotations'],
      ['add', '/metadata/annotations/tidegate.io~1placement'],
    ]);
    const beside = planned(cronJob({ metadata: { annotations: { a: 'b' } } }), kwok);
    expect(beside.operations.filter(({ path }) => path === '/metadata/annotations')).toEqual([]);
    expect(beside.result).toHaveProperty('metadata.annotations.a', 'b');
  });

  it.each<[string, JsonObject]>([
    ['metadata', { ...cronJob(), metadata: null }],
    ['metadata of a Pod that gets annotations', { ...pod(), metadata: null }],
  ])('makes %s where there is none', (_, object) => {
    expect(recordOf(planned(object, eci).result)).toContain('"policy":"daily"');
  });

  it('writes no record where there is nothing to add', () => {
    const placed = planned(cronJob(), kwok).result;
    const unrecorded = { ...placed, metadata: { name: 'report' } } as JsonObject;
    expect(planned(unrecorded, kwok)).toMatchObject({ operations: [], patch: '' });
  });

  it('is sent as it was planned, though later operations fill what earlier ones made', () => {
    const { patch } = planned(cronJob(), kwok);
    expect((JSON.parse(patch) as unknown[])[0]).toEqual({
      op: 'add',
      path: '/spec/jobTemplate/spec/template/spec/tolerations',
      value: [],
    });
  });

  it('does not grow past what the API server and etcd take', () => {
    const large = (key: string, bytes: number) =>
      cronJob({ metadata: { annotations: { [key]: 'x'.repeat(bytes) } } });
    expect(() => planned(large('a', 262_000), kwok)).toThrow(
      /^\/metadata\/annotations: expected at most 262144 bytes/,
    );
    const inTemplate = cronJob({ pod: { metadata: { annotations: { a: 'x'.repeat(262_140) } } } });
    expect(() => planned(inTemplate, eci)).toThrow(
      /^\/spec\/jobTemplate\/spec\/template\/metadata\/annotations: /,
    );
    const huge = cronJob({ pod: { spec: { note: 'x'.repeat(1_399_500) } } });
    expect(() => planned(huge, kwok, 1_400_000)).toThrow(/^expected an object of at most 1400000 bytes/);
  });
});

describe('an object that carries a record', () => {
  const original = cronJob({ pod: { spec: { tolerations: [{ key: 'spot', operator: 'Exists' }] } } });
  const placed = planned(original, kwok).result;

  it.each<WorkloadKind>(['CronJob', 'Job', 'Pod'])('and is a %s as it should be is left alone', (kind) => {
    const { result } = planned(workloadOfKind(kind), eci);
    expect(planned(result, eci)).toMatchObject({ operations: [], patch: '' });
  });

  it('gives back exactly what it took without an intent', () => {
    const { result, operations } = planned(placed, undefined);
    expect(result).toEqual(original);
    expect(operations[0]).toEqual({ op: 'remove', path: '/metadata/annotations/tidegate.io~1placement' });
  });

  it.each<[string, JsonObject]>([
    ['a Pod that gets annotations of its own', pod()],
    ['a Pod that has annotations', pod({ metadata: { annotations: { a: 'b' } } })],
    [
      'a Pod whose annotations are there already',
      pod({ metadata: { annotations: { 'k8s.aliyun.com/eci-auto-imc': 'true' } } }),
    ],
    ['a CronJob with annotations', cronJob({ metadata: { annotations: { a: 'b' } } })],
  ])('gives back exactly what it took from %s', (_, object) => {
    expect(planned(planned(object, eci).result, undefined).result).toEqual(object);
  });

  it('goes over to another policy', () => {
    expect(planned(placed, eci).result).toEqual(planned(original, eci).result);
  });

  it('that cannot be read is placed anew, and the record written over', () => {
    const broken = cronJob({ metadata: { annotations: { [record]: '{"v":9}' } } });
    const { result } = planned(broken, kwok);
    expect(recordOf(result)).toContain('"v":1');
    expect(planned(result, kwok).operations).toEqual([]);
  });

  it('is left alone without an intent where the record cannot be read', () => {
    const broken = cronJob({ metadata: { annotations: { [record]: 'mine' } } });
    expect(planned(broken, undefined).operations).toEqual([]);
  });

  it('that somebody wrote by hand is answered with a patch that applies', () => {
    const steps = [
      ['-', '/spec/tolerations', [{ key: 'spot' }]],
      ['-', '/spec/affinity', { nodeAffinity: {} }],
      ['=', '/spec/containers/app', { name: 'app' }, { name: 'other' }],
    ];
    const forged = JSON.stringify({ v: 1, policy: 'a', providers: [], steps });
    const annotations = { [record]: forged };
    const object = cronJob({ metadata: { annotations }, pod: { spec: { containers: [{ name: 'app' }] } } });
    expect(templateOf('CronJob', planned(object, kwok).result)).toMatchObject({
      spec: {
        containers: [{ name: 'other' }],
        tolerations: [{ key: 'spot' }, { key: 'kwok.x-k8s.io/node' }],
      },
    });
  });
});

interface Spec {
  readonly containers: object[];
  readonly tolerations: object[];
  readonly affinity: {
    readonly nodeAffinity: {
      readonly requiredDuringSchedulingIgnoredDuringExecution: { readonly nodeSelectorTerms: object[] };
    };
  };
}

describe('an object that was edited since', () => {
  const edited = (change: (spec: Spec) => void, intent = kwok, object = cronJob()) => {
    const copy = structuredClone(planned(object, intent).result);
    change(templateOf('CronJob', copy)['spec'] as unknown as Spec);
    return copy;
  };

  it('gives back what nobody changed, and keeps what was added', () => {
    const before = edited(({ containers, tolerations }) => {
      containers.unshift({ name: 'new', image: 'b' });
      tolerations.push({ key: 'spot', operator: 'Exists' });
    });
    expect(planned(before, undefined).result).toEqual(
      cronJob({
        pod: {
          spec: {
            containers: [
              { name: 'new', image: 'b' },
              { name: 'app', image: 'registry.example.com/app:1' },
            ],
            tolerations: [{ key: 'spot', operator: 'Exists' }],
          },
        },
      }),
    );
  });

  it('is placed again with what was added', () => {
    const withEnv = intentOf(policy('nightly', { env: [{ name: 'RUNTIME', value: 'serverless' }] }));
    const before = edited(({ containers }) => {
      containers.unshift({ name: 'new', image: 'b' });
    }, withEnv);
    const { result } = planned(before, withEnv);
    expect(result).toHaveProperty('spec.jobTemplate.spec.template.spec.containers.0.env', [
      { name: 'RUNTIME', value: 'serverless' },
    ]);
    expect(planned(result, withEnv).operations).toEqual([]);
  });

  it('is placed again where only our copy of a term was left: never a selector without terms', () => {
    const two = intentOf(policy('nightly', on('VirtualOnly', 'kwok', 'alibaba-eci')));
    const own = { matchExpressions: [{ key: 'zone', operator: 'Exists' }] };
    const name = 'requiredDuringSchedulingIgnoredDuringExecution';
    const affinity = { nodeAffinity: { [name]: { nodeSelectorTerms: [own] } } };
    const before = edited(
      ({ affinity: { nodeAffinity } }) => {
        nodeAffinity[name].nodeSelectorTerms.shift();
      },
      two,
      cronJob({ pod: { spec: { affinity } } }),
    );
    const path = `spec.jobTemplate.spec.template.spec.affinity.nodeAffinity.${name}`;
    expect(planned(before, undefined).result).not.toHaveProperty(path);
    expect(planned(before, two).result).toHaveProperty(`${path}.nodeSelectorTerms.length`, 2);
  });
});
