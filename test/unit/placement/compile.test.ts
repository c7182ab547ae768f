import { describe, expect, it } from 'vitest';
import { compile, offers } from '../../../src/placement/compile.js';
import { compiled, intentOf, provider } from '../../support/build.js';
import { on } from '../../support/aspect.js';
import { policy } from '../../support/policy.js';

const compiledOn = (type: string, ...names: string[]) => compiled(policy('nightly', on(type, ...names)));
const namesOf = (type: string, ...names: string[]) =>
  compiledOn(type, ...names).chosen.map(({ provider: { name } }) => name);

describe('the providers that are chosen', () => {
  it.each<[string, string, string[], string[]]>([
    ['all that are steered by tolerations', 'VirtualOnly', ['alibaba-eci', 'kwok'], ['alibaba-eci', 'kwok']],
    ['one alone that is steered by a label', 'VirtualOnly', ['alibaba-acs', 'kwok'], ['alibaba-acs']],
    ['not one that is steered by a label behind others', 'VirtualOnly', ['kwok', 'alibaba-acs'], ['kwok']],
    ['only those that can do the placement', 'PreferReal', ['aws-fargate', 'kwok'], ['kwok']],
    ['none where no one can', 'PreferReal', ['aws-fargate'], []],
  ])('are %s', (_, type, named, chosen) => {
    expect(namesOf(type, ...named)).toEqual(chosen);
  });

  it('are only those that are known', () => {
    const byName = new Map([['kwok', provider('kwok')]]);
    const { chosen } = compile(policy('nightly', on('VirtualOnly', 'alibaba-eci', 'kwok')), byName);
    expect(chosen.map(({ provider: { name }, weight }) => [name, weight])).toEqual([['kwok', 90]]);
  });

  it('weigh 100, 90, 80 … at least 1, or as the policy says', () => {
    const names = ['alibaba-eci', 'tencent-supernode', 'azure-aci', 'azure-vn2', 'liqo', 'kwok'];
    const providers = names.map((name, i) => ({ name, ...(i === 1 ? { weight: 7 } : {}) }));
    const { chosen } = compiled(policy('nightly', { placement: { type: 'VirtualOnly', providers } }));
    expect(chosen.map(({ weight }) => weight)).toEqual([100, 7, 80, 70, 60, 50]);
  });

  it('leave out others with a reason', () => {
    const { notOffered } = intentOf(
      policy('nightly', on('PreferReal', 'kwok', 'aws-fargate', 'alibaba-acs')),
    ).slots;
    expect(notOffered).toEqual([
      {
        slot: 'notOffered',
        item: 'provider aws-fargate',
        because: 'placement-not-offered',
        aspect: 'provider',
      },
      {
        slot: 'notOffered',
        item: 'provider alibaba-acs',
        because: 'placement-not-offered',
        aspect: 'provider',
      },
    ]);
    const mixed = intentOf(policy('nightly', on('VirtualOnly', 'kwok', 'alibaba-acs'))).slots.notOffered;
    expect(mixed.map(({ because }) => because)).toEqual(['steering-excluded']);
  });
});

describe('offers', () => {
  it.each([
    ['kwok', 'PreferReal', true],
    ['alibaba-acs', 'VirtualOnly', true],
    ['alibaba-acs', 'PreferReal', false],
    ['volcengine-vci', 'PreferVirtual', false],
    ['aws-fargate', 'VirtualOnly', true],
    ['aws-fargate', 'PreferVirtual', false],
  ] as const)('%s can %s: %s', (name, type, can) => {
    expect(offers(provider(name), type)).toBe(can);
  });
});

describe('an intent', () => {
  it('names the policy and its providers', () => {
    expect(intentOf(policy('nightly', on('VirtualOnly', 'alibaba-eci', 'kwok')))).toMatchObject({
      policy: 'nightly',
      providers: ['alibaba-eci', 'kwok'],
    });
  });

  it('is for those providers alone that can run the workload', () => {
    const ready = compiledOn('VirtualOnly', 'alibaba-eci', 'kwok');
    const intent = ready.intentFor(ready.chosen.slice(1));
    expect(intent.providers).toEqual(['kwok']);
    expect(intent.slots.toleration.map(({ value }) => value.key)).toEqual(['kwok.x-k8s.io/node']);
  });

  it('is compiled once for the same providers', () => {
    const ready = compiledOn('VirtualOnly', 'alibaba-eci', 'kwok');
    expect(ready.intentFor(ready.chosen)).toBe(ready.intentFor([...ready.chosen]));
  });

  it("has one wish a variable: the policy's own word is the last", () => {
    const spec = {
      tracing: { otlp: { endpoint: 'http://otel:4318' } },
      env: [{ name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://near:4318', override: true }],
    };
    const { env } = intentOf(policy('nightly', spec)).slots;
    expect(
      env.map(({ value: { name, value }, override, aspect }) => [name, value, override, aspect]),
    ).toEqual([
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://near:4318', true, 'env'],
      ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http/protobuf', false, 'tracing'],
    ]);
  });
});

describe('a prospect', () => {
  it('tells the gate what the merge will take away and add', () => {
    const spec = {
      placement: {
        type: 'VirtualOnly',
        providers: [{ name: 'huawei-cci', options: { podSize: '2.00_4.0' } }],
      },
      tracing: { otlp: { endpoint: 'http://otel:4318' } },
    };
    expect(compiled(policy('nightly', spec)).prospects).toEqual([
      {
        bound: true,
        takesAway: ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
        annotates: new Set(['resource.cci.io/pod-size-specs']),
      },
    ]);
  });

  it('is bound only where the pod could go nowhere else', () => {
    expect(compiledOn('PreferVirtual', 'kwok').prospects.map(({ bound }) => bound)).toEqual([false]);
  });
});
