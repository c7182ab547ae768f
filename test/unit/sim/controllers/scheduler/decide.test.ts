import { describe, expect, it } from 'vitest';
import { place } from '../../../../../src/sim/controllers/scheduler/decide.js';
import type { NodeRoom } from '../../../../../src/sim/controllers/scheduler/decide.js';
import { amountOf, podRequests, quantity } from '../../../../../src/objects/resources.js';
import type { Pod } from '../../../../../src/sim/controllers/objects.js';
import { node, pod } from '../../../../support/sim-objects.js';

const amount = (cpu: string, memory = '0') => amountOf({ cpu, memory });
const waiting = (spec: Pod['spec'] = {}) => pod('waiting', { node: '', phase: 'Pending', spec });

function room(name: string, fields: Partial<NodeRoom> = {}): NodeRoom {
  return {
    node: node(name),
    allocatable: amount('4', '8Gi'),
    podLimit: 110,
    used: amount('0'),
    pods: 0,
    podLabels: [],
    ...fields,
  };
}

const virtual = room('virtual', {
  node: node('virtual', {
    labels: { type: 'virtual-kubelet' },
    spec: { taints: [{ key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' }] },
  }),
});
const tolerations = [{ key: 'virtual-kubelet.io/provider', operator: 'Exists' as const }];

describe('the filters of kube-scheduler', () => {
  const need = (key: string, operator: 'In' | 'NotIn' | 'Exists', values?: string[]) => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key, operator, ...(values && { values }) }] }],
        },
      },
    },
  });

  it.each([
    {
      name: 'a cordoned node',
      spec: {},
      rooms: [room('a', { node: node('a', { spec: { unschedulable: true } }) })],
      why: '0/1 nodes are available: 1 node(s) were unschedulable.',
    },
    {
      name: 'a taint',
      spec: {},
      rooms: [virtual],
      why: '0/1 nodes are available: 1 node(s) had untolerated taint {virtual-kubelet.io/provider: alibabacloud}.',
    },
    {
      name: 'a selector',
      spec: { nodeSelector: { type: 'virtual-kubelet' } },
      rooms: [room('a')],
      why: "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
    },
    {
      name: 'an empty affinity term matches nothing',
      spec: {
        affinity: {
          nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{}] } },
        },
      },
      rooms: [room('a')],
      why: "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
    },
    {
      name: 'no cores left',
      spec: {},
      rooms: [room('a', { used: amount('3.5') })],
      why: '0/1 nodes are available: 1 Insufficient cpu.',
    },
    {
      name: 'no memory left',
      spec: {},
      rooms: [room('a', { used: amount('0', '8Gi') })],
      why: '0/1 nodes are available: 1 Insufficient memory.',
    },
    {
      name: 'no slot left',
      spec: {},
      rooms: [room('a', { pods: 110 })],
      why: '0/1 nodes are available: 1 Too many pods.',
    },
  ])('refuse: $name', ({ spec, rooms, why }) => {
    expect(place(waiting(spec), amount('1', '1Gi'), rooms)).toEqual({ node: undefined, why });
  });

  it.each([
    {
      name: 'a tolerated taint with its affinity',
      spec: { tolerations, ...need('type', 'In', ['virtual-kubelet']) },
      to: 'virtual',
    },
    {
      name: 'NotIn also fits where the label is absent',
      spec: { tolerations, ...need('type', 'NotIn', ['virtual-kubelet']) },
      to: 'real',
    },
    { name: 'without a toleration only the ordinary node', spec: {}, to: 'real' },
  ])('pass: $name', ({ spec, to }) => {
    expect(place(waiting(spec), amount('1'), [virtual, room('real')])).toEqual({ node: to });
  });

  it('keep within maxSkew of a DoNotSchedule constraint', () => {
    const constraint = {
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'shop' } },
    };
    const spread = waiting({ topologySpreadConstraints: [constraint] });
    const zone = (name: string, count: number) =>
      room(name, {
        node: node(name, { labels: { zone: name } }),
        podLabels: Array.from({ length: count }, () => ({ app: 'shop' })),
      });
    expect(place(spread, amount('0'), [zone('a', 2), zone('b', 1)])).toEqual({ node: 'b' });
    expect(place(spread, amount('0'), [zone('a', 1), room('no-zone')])).toEqual({ node: 'a' });
  });
});

describe('the score', () => {
  it('prefers what the pod prefers, then the emptier node', () => {
    const prefersReal = {
      tolerations,
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              weight: 1,
              preference: {
                matchExpressions: [{ key: 'type', operator: 'NotIn' as const, values: ['virtual-kubelet'] }],
              },
            },
          ],
        },
      },
    };
    expect(place(waiting(prefersReal), amount('1'), [virtual, room('real', { used: amount('3') })])).toEqual({
      node: 'real',
    });
    expect(place(waiting(), amount('1'), [room('full', { used: amount('2') }), room('empty')])).toEqual({
      node: 'empty',
    });
  });

  it('takes the first of equals', () => {
    expect(place(waiting(), amount('1'), [room('a'), room('b')])).toEqual({ node: 'a' });
  });
});

describe('requests', () => {
  const asking = (cpu: string) => ({ name: 'c', resources: { requests: { cpu } } });

  it.each([
    { name: 'the sum of the containers', spec: { containers: [asking('1'), asking('500m')] }, cpu: 1500 },
    {
      name: 'or the largest init container',
      spec: { containers: [asking('1')], initContainers: [asking('3'), asking('2')] },
      cpu: 3000,
    },
    {
      name: 'sidecars add to both',
      spec: {
        containers: [asking('1')],
        initContainers: [{ ...asking('1'), restartPolicy: 'Always' }, asking('3')],
      },
      cpu: 4000,
    },
    { name: 'and overhead', spec: { containers: [asking('1')], overhead: { cpu: '250m' } }, cpu: 1250 },
    {
      name: 'a limit without a request',
      spec: { containers: [{ name: 'c', resources: { limits: { cpu: '2' } } }] },
      cpu: 2000,
    },
  ])('are $name', ({ spec, cpu }) => {
    expect(podRequests(spec).cpu).toBe(cpu);
  });

  it.each([
    ['500m', 0.5],
    ['2', 2],
    ['1.5Gi', 1610612736],
    ['128Mi', 134217728],
    ['1e3', 1000],
    ['1E', 1e18],
    [4, 4],
    ['nonsense', 0],
  ])('read %s as %d', (text, value) => {
    expect(quantity(text)).toBe(value);
  });
});
