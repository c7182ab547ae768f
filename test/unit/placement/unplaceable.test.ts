import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import { unplaceable } from '../../../src/placement/unplaceable.js';
import { container } from '../../support/build.js';

const whatOf = (spec: object) => unplaceable({ containers: [container()], ...spec } as never, '/spec');

const term = { topologyKey: 'zone', labelSelector: {} };
const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' };
const requesting = (name: string) =>
  container({ resources: { requests: { cpu: '1' }, limits: { [name]: '1' } } });

describe('what our scheduler does not place', () => {
  it.each<[string, object]>([
    [
      'volume data, persistentVolumeClaim',
      { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'a' } }] },
    ],
    ['volume tmp, ephemeral', { volumes: [{ name: 'tmp', ephemeral: {} }] }],
    [
      'volume disk, awsElasticBlockStore',
      { volumes: [{ name: 'disk', awsElasticBlockStore: { volumeID: 'a' } }] },
    ],
    [
      'podAffinity',
      { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
    ],
    [
      'podAntiAffinity',
      {
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }],
          },
        },
      },
    ],
    ['topologySpreadConstraints', { topologySpreadConstraints: [spread] }],
    ['resourceClaims', { resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] }],
    ['schedulingGroup', { schedulingGroup: { podGroupName: 'ring' } }],
    ['container app, nvidia.com/gpu', { containers: [requesting('nvidia.com/gpu')] }],
    ['container app, hugepages-2Mi', { initContainers: [requesting('hugepages-2Mi')] }],
    ['the pod, example.com/licence', { resources: { requests: { 'example.com/licence': '1' } } }],
  ])('is %s', (what, spec) => {
    expect(whatOf(spec)).toBe(what);
  });

  it.each<[string, object]>([
    ['nothing special', {}],
    [
      'nulls and empty lists',
      { volumes: null, affinity: null, topologySpreadConstraints: [], resourceClaims: null },
    ],
    ['empty affinities', { affinity: { podAffinity: {}, podAntiAffinity: null, nodeAffinity: {} } }],
    [
      'an affinity with an empty list',
      { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [] } } },
    ],
    ['node affinity', { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } } }],
    [
      'volumes of its own',
      {
        volumes: [
          { name: 'a', emptyDir: {} },
          { name: 'b', configMap: { name: 'b' } },
        ],
      },
    ],
    ['files of elsewhere', { volumes: [{ name: 'a', nfs: { server: 'a', path: '/' } }] }],
    ['what every node has', { containers: [requesting('ephemeral-storage'), requesting('memory')] }],
    ['a gate, which somebody else opens', { schedulingGates: [{ name: 'a' }] }],
    ['a node selector', { nodeSelector: { zone: 'a' } }],
  ])('is not a pod with %s', (_, spec) => {
    expect(whatOf(spec)).toBeUndefined();
  });

  it('says where a field has a wrong type', () => {
    expect(() => whatOf({ affinity: [] })).toThrow(
      new AppError('object-invalid', '/spec/affinity: expected an object, got array'),
    );
  });
});
