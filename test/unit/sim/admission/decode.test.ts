import { describe, expect, it } from 'vitest';
import { decode } from '../../../../src/sim/admission/decode.js';
import { builtinSchema } from '../../../../src/sim/kinds/builtin.js';

const pod = builtinSchema('V1Pod');
const containers = [{ name: 'a', image: 'b' }];

describe('decode', () => {
  it('leaves out unknown fields and says which', () => {
    const { object, unknown } = decode(pod, {
      spec: { bar: 2, containers: [{ name: 'a', image: 'b', foo: 1 }] },
    });
    expect(unknown).toEqual(['unknown field "spec.bar"', 'unknown field "spec.containers[0].foo"']);
    expect(object['spec']).toEqual({ containers: [{ name: 'a', image: 'b', resources: {} }] });
  });

  it('leaves out the zero values that Go does not write, and keeps those behind a pointer', () => {
    const { object } = decode(pod, {
      metadata: { labels: {}, annotations: null },
      spec: {
        containers: [{ name: 'a', image: 'b', env: [{ name: 'A', value: '' }], ports: [] }],
        hostNetwork: false,
        tolerations: [],
        nodeSelector: {},
        affinity: {},
        priority: 0,
        activeDeadlineSeconds: 0,
      },
    });
    expect(object['metadata']).toEqual({});
    expect(object['spec']).toEqual({
      containers: [{ name: 'a', image: 'b', env: [{ name: 'A' }], resources: {} }],
      affinity: {},
      priority: 0,
      activeDeadlineSeconds: 0,
    });
  });

  it.each([
    [
      'a text for a list',
      { spec: { containers: 'x' } },
      'string into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      'a number for a text',
      { spec: { containers: [{ name: 1 }] } },
      'number into Go struct field Container.spec.containers.name of type string',
    ],
    [
      'a text for a number',
      { spec: { terminationGracePeriodSeconds: 'x' } },
      'string into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64',
    ],
    [
      'a number for a label',
      { metadata: { labels: { a: 1 } } },
      'number into Go struct field ObjectMeta.metadata.labels.a of type string',
    ],
  ])('refuses %s', (_, value, message) => {
    expect(() => decode(pod, value as never)).toThrow(`json: cannot unmarshal ${message}`);
  });

  it('writes quantities in their canonical form', () => {
    const resources = { limits: { cpu: 0.5, memory: '1024Mi' } };
    const { object } = decode(pod, { spec: { containers: [{ name: 'a', resources }] } });
    expect(object).toMatchObject({
      spec: { containers: [{ resources: { limits: { cpu: '500m', memory: '1Gi' } } }] },
    });
  });

  it('takes times with six decimals in a Lease, and no others', () => {
    const lease = builtinSchema('V1Lease');
    const at = (renewTime: string) => decode(lease, { spec: { renewTime } }).object['spec'];
    expect(at('2026-11-23T05:00:42.123456Z')).toEqual({ renewTime: '2026-11-23T05:00:42.123456Z' });
    expect(() => at('2026-11-23T05:00:42.123Z')).toThrow('cannot parse ".123Z" as ".000000"');
    expect(() => at('2026-11-23T05:00:42Z')).toThrow('cannot parse "Z" as ".000000"');
  });

  it('keeps an empty holder, which frees a Lease', () => {
    const { object } = decode(builtinSchema('V1Lease'), { spec: { holderIdentity: '' } });
    expect(object['spec']).toEqual({ holderIdentity: '' });
  });

  it('copies: the answer shares nothing with what came in', () => {
    const given = { spec: { containers } };
    const { object } = decode(pod, given);
    expect((object['spec'] as typeof given.spec).containers[0]).not.toBe(containers[0]);
  });
});
