import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors.js';
import type { JsonObject } from '../../../../src/objects/json.js';
import type { EnvVar } from '../../../../src/objects/pod.js';
import { applyPatch } from '../../../../src/placement/apply.js';
import type { EnvWish, Wish } from '../../../../src/placement/intent.js';
import { PatchBuilder } from '../../../../src/placement/patch.js';
import { mergeEnv } from '../../../../src/placement/slots/env.js';
import { container } from '../../../support/build.js';
import { deepFreeze } from '../../../support/freeze.js';
import { intentWith } from '../../../support/intent.js';

const place = { pointer: '/spec', named: '/spec' };

function merge(spec: object, wishes: readonly Wish[]) {
  const object = { spec: structuredClone(spec) } as JsonObject;
  const patch = new PatchBuilder();
  const frozen = deepFreeze(structuredClone(spec)) as JsonObject;
  const outcomes = mergeEnv(frozen, place, intentWith(wishes), patch);
  applyPatch(object, structuredClone(patch.operations));
  const merged = object['spec'] as unknown as {
    containers: { env?: EnvVar[] }[];
    initContainers: { env?: EnvVar[] }[];
  };
  const again = new PatchBuilder();
  mergeEnv(deepFreeze(structuredClone(merged)) as unknown as JsonObject, place, intentWith(wishes), again);
  return {
    outcomes,
    merged,
    env: merged.containers[0]?.env,
    again: again.operations,
    operations: patch.operations,
    steps: patch.steps,
  };
}

/** In one container with these variables. */
const mergeInto = (env: unknown, ...wishes: Wish[]) => merge({ containers: [container({ env })] }, wishes);

const set = (name: string, value: string, more: Partial<EnvWish> = {}): EnvWish => ({
  slot: 'env',
  value: { name, value },
  override: false,
  ...more,
});
const plain = (name: string, value: string): EnvVar => ({ name, value });
const hostIp = (name: string): EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } });

describe('a variable', () => {
  it.each<[string, unknown, EnvVar[]]>([
    ['makes the list where there is none', undefined, [plain('RUNTIME', 'serverless')]],
    ['makes the list where it is null', null, [plain('RUNTIME', 'serverless')]],
    ['goes behind those of the user', [plain('A', 'a')], [plain('A', 'a'), plain('RUNTIME', 'serverless')]],
  ])('%s', (_, env, expected) => {
    const merged = mergeInto(env, set('RUNTIME', 'serverless'));
    expect(merged.env).toEqual(expected);
    expect(merged.outcomes).toEqual([
      { aspect: 'env', item: 'env RUNTIME', container: 'app', result: 'added' },
    ]);
    expect(merged.again).toEqual([]);
  });

  it('goes into every container, init container and sidecar', () => {
    const { merged, outcomes, steps, again } = merge(
      {
        containers: [container(), container({ name: 'proxy' })],
        initContainers: [container({ name: 'sidecar', restartPolicy: 'Always' })],
      },
      [set('RUNTIME', 'serverless')],
    );
    const wanted = [plain('RUNTIME', 'serverless')];
    expect(merged.containers.map(({ env }) => env)).toEqual([wanted, wanted]);
    expect(merged.initContainers.map(({ env }) => env)).toEqual([wanted]);
    expect(outcomes.map(({ container: name }) => name)).toEqual(['app', 'proxy', 'sidecar']);
    expect(steps.map(([, path]) => path)).toEqual([
      '/spec/containers/app/env',
      '/spec/containers/app/env/0',
      '/spec/containers/proxy/env',
      '/spec/containers/proxy/env/0',
      '/spec/initContainers/sidecar/env',
      '/spec/initContainers/sidecar/env/0',
    ]);
    expect(again).toEqual([]);
  });

  it.each<[string, EnvVar]>([
    ['a value', plain('RUNTIME', 'vm')],
    ['an empty value', { name: 'RUNTIME' }],
    ['a reference', { name: 'RUNTIME', valueFrom: { configMapKeyRef: { name: 'a', key: 'b' } } }],
  ])('stays as the user set it: %s', (_, entry) => {
    const { operations, outcomes } = mergeInto([entry], set('RUNTIME', 'serverless'));
    expect(operations).toEqual([]);
    expect(outcomes.map(({ result }) => result)).toEqual(['user-wins']);
  });

  it('is there already', () => {
    const { operations, outcomes } = mergeInto(
      [plain('RUNTIME', 'serverless')],
      set('RUNTIME', 'serverless'),
    );
    expect(operations).toEqual([]);
    expect(outcomes.map(({ result }) => result)).toEqual(['already-there']);
  });

  it('is replaced whole where the policy overrides, so that value and valueFrom never meet', () => {
    const was: EnvVar = { name: 'RUNTIME', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } };
    const merged = mergeInto([was], set('RUNTIME', 'serverless', { override: true }));
    expect(merged.env).toEqual([plain('RUNTIME', 'serverless')]);
    expect(merged.steps).toEqual([['=', '/spec/containers/app/env/0', plain('RUNTIME', 'serverless'), was]]);
    expect(merged.again).toEqual([]);
  });

  it('is overridden where it counts: the last one of its name', () => {
    const merged = mergeInto(
      [plain('RUNTIME', 'a'), plain('RUNTIME', 'b')],
      set('RUNTIME', 'serverless', { override: true }),
    );
    expect(merged.env).toEqual([plain('RUNTIME', 'a'), plain('RUNTIME', 'serverless')]);
    expect(merged.again).toEqual([]);
  });

  it('says that it may hide one of envFrom', () => {
    const spec = { containers: [container({ envFrom: [{ configMapRef: { name: 'settings' } }] })] };
    expect(merge(spec, [set('RUNTIME', 'serverless')]).outcomes).toMatchObject([
      { result: 'added', why: 'hides the same name in envFrom, if it is there' },
    ]);
  });

  it('says nothing of envFrom where the user sets the name beside it', () => {
    const spec = {
      containers: [container({ env: [plain('RUNTIME', 'a')], envFrom: [{ configMapRef: { name: 's' } }] })],
    };
    const { outcomes } = merge(spec, [set('RUNTIME', 'serverless', { override: true })]);
    expect(outcomes[0]).not.toHaveProperty('why');
  });

  it('is set a thousand times among ten thousand', () => {
    const env = Array.from({ length: 10_000 }, (_, i) => plain(`V${i}`, 'a'));
    const wishes = Array.from({ length: 1_000 }, (_, i) => set(`V${i * 20}`, 'b'));
    const { outcomes } = mergeInto(env, ...wishes);
    expect(outcomes.filter(({ result }) => result === 'user-wins')).toHaveLength(500);
    expect(outcomes.filter(({ result }) => result === 'added')).toHaveLength(500);
  });
});

describe('a container', () => {
  it('without a name is named by its place', () => {
    const { steps, outcomes } = merge({ containers: [{ image: 'a' }] }, [set('A', 'b')]);
    expect(steps.map(([, path]) => path)).toEqual(['/spec/containers/0/env', '/spec/containers/0/env/0']);
    expect(outcomes[0]?.container).toBe('0');
  });

  it('with an odd name is addressed by its place and recorded by its name', () => {
    const { operations, steps } = merge({ containers: [container({ name: 'a/b~c', env: [] })] }, [
      set('A', 'b'),
    ]);
    expect(operations.map(({ path }) => path)).toEqual(['/spec/containers/0/env/0']);
    expect(steps.map(([, path]) => path)).toEqual(['/spec/containers/a~1b~0c/env/0']);
  });

  it.each([
    ['a list of texts', { containers: ['app'] }, '/spec/containers/0: expected an object, got string'],
    [
      'variables that are a map',
      { containers: [{ env: {} }] },
      '/spec/containers/0/env: expected an array, got object',
    ],
    [
      'a null variable',
      { containers: [{ env: [null] }] },
      '/spec/containers/0/env/0: expected an object, got null',
    ],
    [
      'a number as the name of a variable',
      { initContainers: [{ env: [{ name: 1 }] }] },
      '/spec/initContainers/0/env/0/name: expected a string, got number',
    ],
    [
      'a text as envFrom',
      { containers: [{ envFrom: 'a' }] },
      '/spec/containers/0/envFrom: expected an array, got string',
    ],
  ])('of a wrong type is located: %s', (_, spec, message) => {
    expect(() => merge(spec, [set('A', 'b')])).toThrow(new AppError('object-invalid', message));
  });

  it('is not looked at where no variable is wanted', () => {
    expect(merge({ containers: 'none of our business' }, []).operations).toEqual([]);
  });
});

describe('the address of an agent', () => {
  const agents: Wish = { slot: 'agentEnv', names: ['JAEGER_AGENT_HOST', 'JAEGER_ENDPOINT'] };
  const collector = set('JAEGER_ENDPOINT', 'http://collector:14268/api/traces');

  it('on the node is taken away', () => {
    const merged = mergeInto(
      [plain('A', 'a'), hostIp('JAEGER_AGENT_HOST'), plain('B', 'b')],
      agents,
      collector,
    );
    expect(merged.env).toEqual([
      plain('A', 'a'),
      plain('B', 'b'),
      plain('JAEGER_ENDPOINT', 'http://collector:14268/api/traces'),
    ]);
    expect(merged.outcomes.map(({ item, result, why }) => [item, result, why])).toEqual([
      ['env JAEGER_ENDPOINT', 'added', undefined],
      ['env JAEGER_AGENT_HOST', 'taken-away', 'virtual nodes run no agent'],
    ]);
    expect(merged.steps).toContainEqual(['-', '/spec/containers/app/env/1', hostIp('JAEGER_AGENT_HOST')]);
    expect(merged.again).toEqual([]);
  });

  it('on the node is replaced where the collector goes by the same name', () => {
    const was = plain('JAEGER_ENDPOINT', 'http://$(NODE_IP):14268');
    const merged = mergeInto([hostIp('NODE_IP'), was], agents, collector);
    expect(merged.env).toEqual([hostIp('NODE_IP'), collector.value]);
    expect(merged.operations.map(({ op }) => op)).toEqual(['replace']);
    expect(merged.again).toEqual([]);
  });

  it('elsewhere stays', () => {
    const env = [plain('JAEGER_AGENT_HOST', 'jaeger.tracing'), plain('JAEGER_ENDPOINT', 'http://own')];
    const merged = mergeInto(env, agents, collector);
    expect(merged.operations).toEqual([]);
    expect(merged.outcomes.map(({ result }) => result)).toEqual(['user-wins']);
  });

  it('stays where something else refers to it, and says what', () => {
    const env = [hostIp('JAEGER_AGENT_HOST'), plain('ADDR', '$(JAEGER_AGENT_HOST):6831')];
    const merged = mergeInto(env, agents);
    expect(merged.operations).toEqual([]);
    expect(merged.outcomes).toMatchObject([{ result: 'user-wins', why: 'ADDR refers to it' }]);
  });

  it('is taken away as often as it is there, from the last to the first', () => {
    const env = [plain('JAEGER_AGENT_HOST', 'a'), plain('A', 'a'), hostIp('JAEGER_AGENT_HOST')];
    const merged = mergeInto(env, agents);
    expect(merged.operations.map(({ path }) => path)).toEqual([
      '/spec/containers/0/env/2',
      '/spec/containers/0/env/0',
    ]);
    expect(merged.env).toEqual([plain('A', 'a')]);
    expect(merged.again).toEqual([]);
  });
});

describe('a variable that goes with another', () => {
  const endpoint = set('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:4318', {
    yieldsTo: ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
  });
  const protocol = set('OTEL_EXPORTER_OTLP_PROTOCOL', 'http/protobuf', {
    follows: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  });
  const agents: Wish = {
    slot: 'agentEnv',
    names: ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
  };
  const otlp = [endpoint, protocol, agents];
  const ours = [endpoint.value, protocol.value];

  it.each<[string, EnvVar[], EnvVar[]]>([
    ['is set with it', [], ours],
    [
      'is left alone where the user has set the other',
      [plain('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://own:4317')],
      [plain('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://own:4317')],
    ],
    [
      'takes the place of one that spoke to the agent',
      [
        hostIp('IP'),
        plain('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://$(IP):4317'),
        plain('OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'),
      ],
      [hostIp('IP'), ...ours],
    ],
    [
      'is left out where a nearer one is set',
      [plain('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://own:4317')],
      [plain('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://own:4317')],
    ],
    [
      'is set where the nearer one is an agent',
      [hostIp('IP'), plain('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://$(IP):4317')],
      [hostIp('IP'), ...ours],
    ],
    [
      'is left out where a nearer one is set, and the agent goes all the same',
      [
        hostIp('IP'),
        plain('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://$(IP):4317'),
        plain('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://own:4317'),
      ],
      [hostIp('IP'), plain('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://own:4317')],
    ],
  ])('%s', (_, env, expected) => {
    const merged = mergeInto(env, ...otlp);
    expect(merged.env ?? []).toEqual(expected);
    expect(merged.again).toEqual([]);
  });

  it('says whom it yields to', () => {
    const { outcomes } = mergeInto([plain('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://own')], ...otlp);
    expect(outcomes.map(({ why }) => why)).toEqual([
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set',
      'it goes with OTEL_EXPORTER_OTLP_ENDPOINT',
    ]);
  });
});
