import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/scheduler/decide.js';
import { createFilters } from '../../../src/scheduler/filters.js';
import { toSchedulerNode } from '../../../src/scheduler/node.js';
import { toSchedulerPod } from '../../../src/scheduler/pod.js';
import { createRefusals, type Refusals } from '../../../src/scheduler/refusals.js';
import { createRooms, type Rooms } from '../../../src/scheduler/rooms.js';
import type { View } from '../../../src/scheduler/view.js';

interface NodeFields {
  readonly cpu?: string;
  readonly pods?: string;
  readonly labels?: Record<string, string>;
  readonly spec?: object;
}

const pool = { key: 'pool', value: 'yes' };
const eci = { type: 'virtual-kubelet' };
const eciTaint = { key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' };

/** Virtual nodes have the label and the taint of ECI, the others those of the pool. */
function node(rooms: Rooms, name: string, fields: NodeFields & { readonly ordinary?: boolean } = {}): void {
  const { cpu = '4', pods = '10', labels = {}, spec = {}, ordinary = false } = fields;
  const object = {
    metadata: { name, uid: name, labels: { ...(ordinary ? { pool: 'yes' } : eci), ...labels } },
    spec: { taints: ordinary ? [] : [eciTaint], ...spec },
    status: { allocatable: { cpu, memory: '64Gi', 'ephemeral-storage': '100Gi', pods } },
  };
  const read = toSchedulerNode(pool)(object);
  if (read === undefined) throw new Error('neither virtual nor of the pool');
  rooms.setNode(read);
}

const pod = (spec: object = {}, container: object = {}, uid = 'p') =>
  toSchedulerPod({
    metadata: { name: 'p', namespace: 'apps', uid },
    spec: {
      containers: [{ name: 'c', resources: { requests: { cpu: '1', memory: '1Gi' } }, ...container }],
      tolerations: [{ operator: 'Exists' }],
      ...spec,
    },
  });

/** Those of each of the rooms below, kept in step with them. */
const refusalsOf = new WeakMap<Rooms, Refusals>();

const view = (rooms: Rooms, more: Partial<View> = {}): View => ({
  rooms,
  filters: createFilters(),
  refusals: refusalsOf.get(rooms) ?? createRefusals(),
  startUp: () => ({ waitMs: () => 0, level: () => 0 }),
  refuses: () => undefined,
  headroom: () => 0,
  ...more,
});

function rooms(fill: (rooms: Rooms) => void): Rooms {
  const refusals = createRefusals();
  const made = createRooms(() => {
    refusals.clear();
  });
  refusalsOf.set(made, refusals);
  fill(made);
  return made;
}

const placed = (decision: ReturnType<typeof decide>): string =>
  decision.kind === 'bind' ? `${decision.lane} ${decision.node.name}` : decision.because;

describe('a pod goes', () => {
  it('to the node that would begin with it soonest', () => {
    const on = rooms((r) => {
      node(r, 'busy');
      node(r, 'idle');
    });
    const startUp = ({ name }: { readonly name: string }) => ({
      waitMs: () => (name === 'busy' ? 9000 : 0),
      level: () => (name === 'busy' ? 0 : 50),
    });
    expect(placed(decide(pod(), view(on, { startUp })))).toBe('virtual idle');
  });

  const preferring = (weights: Readonly<Record<string, number>>) => ({
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: Object.entries(weights).map(([cloud, weight]) => ({
          weight,
          preference: { matchExpressions: [{ key: 'cloud', operator: 'In', values: [cloud] }] },
        })),
      },
    },
  });

  it.each([
    { name: 'to the preferred provider while that is not too slow', waitMs: 29_000, to: 'virtual a' },
    { name: 'to another where it is', waitMs: 32_000, to: 'virtual b' },
  ])('$name', ({ waitMs, to }) => {
    const on = rooms((r) => {
      node(r, 'a', { labels: { cloud: 'a' } });
      node(r, 'b', { labels: { cloud: 'b' } });
    });
    const startUp = ({ name }: { readonly name: string }) => ({
      waitMs: () => (name === 'a' ? waitMs : 0),
      level: () => 0,
    });
    expect(placed(decide(pod(preferring({ a: 100 })), view(on, { startUp })))).toBe(to);
  });

  it('to an ordinary node where it prefers one, and to a virtual one where those are full', () => {
    const on = rooms((r) => {
      node(r, 'vn');
      node(r, 'w', { ordinary: true, labels: { cloud: 'none' } });
    });
    const prefersReal = pod(preferring({ none: 100 }));
    expect(placed(decide(prefersReal, view(on)))).toBe('ordinary w');
    on.take({ uid: 'x', node: 'w', requests: { cpu: 4000, memory: 0, storage: 0 }, hostPorts: [] });
    expect(placed(decide(prefersReal, view(on)))).toBe('virtual vn');
  });

  it('to the emptiest ordinary node where every breaker is open', () => {
    const on = rooms((r) => {
      node(r, 'vn');
      node(r, 'w-1', { ordinary: true });
      node(r, 'w-2', { ordinary: true });
    });
    on.take({ uid: 'x', node: 'w-1', requests: { cpu: 1000, memory: 0, storage: 0 }, hostPorts: [] });
    const refuses = () =>
      ({ scope: 'node', name: 'vn', state: 'open', failures: 3, because: 'no stock' }) as const;
    expect(placed(decide(pod(), view(on, { refuses })))).toBe('ordinary w-2');
  });
});

describe('in a large pool', () => {
  const names = Array.from({ length: 1000 }, (_, i) => `w-${i}`);
  const large = (spec: (name: string) => object = () => ({})) =>
    rooms((r) => {
      for (const name of names) node(r, name, { ordinary: true, spec: spec(name) });
    });
  const uid = (first: number) => `${first.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;

  it('a hundred nodes that take the pod are looked at, other ones for another pod', () => {
    const filters = createFilters();
    const asked = new Map<string, number>();
    const refusal: View['filters']['refusal'] = (one, room, headroom) => {
      asked.set(room.node.name, (asked.get(room.node.name) ?? 0) + 1);
      return filters.refusal(one, room, headroom);
    };
    const seen = view(large(), { filters: { refusal } });
    for (let i = 0; i < 1000; i += 100)
      expect(decide(pod({}, {}, uid(i)), seen)).toMatchObject({ kind: 'bind', lane: 'ordinary' });
    expect(asked).toEqual(new Map(names.map((name) => [name, 1])));
  });

  it('the only one that takes it is found from wherever the search begins', () => {
    const seen = view(large((name) => ({ unschedulable: name !== 'w-500' })));
    for (const first of [0, 499, 500, 501, 999, 0xffffffff])
      expect(placed(decide(pod({ tolerations: [] }, {}, uid(first)), seen))).toBe('ordinary w-500');
  });
});

describe('a pool that is full', () => {
  const filters = createFilters();
  const asked = { times: 0 };
  const refusal: View['filters']['refusal'] = (...args) => {
    asked.times += 1;
    return filters.refusal(...args);
  };
  const on = rooms((r) => {
    for (let i = 0; i < 100; i += 1) node(r, `w-${i}`, { ordinary: true, cpu: '1' });
  });
  for (let i = 0; i < 100; i += 1)
    on.take({ uid: `x-${i}`, node: `w-${i}`, requests: pod().requests, hostPorts: [] });
  const seen = view(on, { filters: { refusal } });

  it('is asked once for pods that ask alike, and again when there may be room', () => {
    const waits = '0/100 nodes are available: 100 Insufficient cpu.';
    for (let i = 0; i < 50; i += 1) expect(placed(decide(pod({}, {}, `${i}`), seen))).toBe(waits);
    expect(asked.times).toBe(100);
    decide(pod({ nodeSelector: { a: 'b' } }), seen);
    decide(pod({}, { resources: { requests: { cpu: '2' } } }), seen);
    expect(asked.times).toBe(300);
    on.give('x-7');
    expect(placed(decide(pod(), seen))).toBe('ordinary w-7');
  });
});

describe('a node does not take a pod', () => {
  const only = (fields: NodeFields & { readonly ordinary?: boolean }) =>
    rooms((r) => {
      node(r, 'n', fields);
    });
  it.each([
    {
      name: 'when cordoned',
      fields: { spec: { unschedulable: true } },
      asked: { tolerations: [eciTaint] },
      says: 'were unschedulable',
    },
    {
      name: 'with a taint',
      fields: {},
      asked: { tolerations: [] },
      says: 'untolerated taint {virtual-kubelet.io/provider: alibabacloud}',
    },
    {
      name: 'that it does not select',
      fields: {},
      asked: { nodeSelector: { disk: 'ssd' } },
      says: "didn't match Pod's node affinity/selector",
    },
    { name: 'without room for one more', fields: { pods: '0' }, asked: {}, says: 'Too many pods' },
    { name: 'without cpu', fields: { cpu: '500m' }, asked: {}, says: 'Insufficient cpu' },
    {
      name: 'that its provider cannot run',
      fields: {},
      asked: { hostNetwork: true },
      says: 'node(s) of alibaba-eci cannot run it (host-network',
    },
  ])('$name', ({ fields, asked, says }) => {
    expect(placed(decide(pod(asked), view(only(fields))))).toContain(says);
  });

  it.each([
    ['memory', '65Gi', 'Insufficient memory'],
    ['ephemeral-storage', '101Gi', 'Insufficient ephemeral-storage'],
  ])('without %s', (resource, amount, says) => {
    const asking = pod({}, { resources: { requests: { [resource]: amount } } });
    expect(placed(decide(asking, view(only({}))))).toContain(says);
  });

  it('whose host port is taken, unless the addresses differ', () => {
    const on = only({ ordinary: true });
    const asking = (hostIP?: string) => pod({}, { ports: [{ containerPort: 80, hostPort: 80, hostIP }] });
    on.take({ uid: 'x', node: 'n', requests: pod().requests, hostPorts: asking('10.0.0.1').hostPorts });
    expect(placed(decide(asking('10.0.0.2'), view(on)))).toBe('ordinary n');
    expect(placed(decide(asking(), view(on)))).toContain('free ports');
    on.give('x');
    expect(placed(decide(asking(), view(on)))).toBe('ordinary n');
  });

  it('that keeps headroom, to the last thousandth of a core', () => {
    const on = only({ ordinary: true, cpu: '10' });
    const asking = (cpu: string) => pod({}, { resources: { requests: { cpu } } });
    const headroom = () => 0.1;
    expect(placed(decide(asking('9'), view(on, { headroom })))).toBe('ordinary n');
    expect(placed(decide(asking('9001m'), view(on, { headroom })))).toContain('Insufficient cpu');
  });
});

describe('what is assumed', () => {
  it('follows a pod that is resized in place', () => {
    const on = rooms((r) => {
      node(r, 'w', { ordinary: true, cpu: '4' });
    });
    const taking = (cpu: number) => {
      on.take({ uid: 'x', node: 'w', requests: { cpu, memory: 0, storage: 0 }, hostPorts: [] });
    };
    taking(1000);
    taking(4000);
    expect(placed(decide(pod(), view(on)))).toContain('Insufficient cpu');
    taking(1000);
    expect(placed(decide(pod(), view(on)))).toBe('ordinary w');
    expect(on.get('w')?.pods).toBe(1);
  });

  const step = fc.oneof(
    fc.record({ kind: fc.constant('place' as const), cpu: fc.integer({ min: 1, max: 3000 }) }),
    fc.record({ kind: fc.constant('end' as const), which: fc.nat() }),
  );

  it('never passes what a node has, whatever comes and goes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 0, max: 50 }), (steps, percent) => {
        const on = rooms((r) => {
          node(r, 'vn', { cpu: '8', pods: '6' });
          node(r, 'w', { cpu: '8', pods: '6', ordinary: true });
        });
        const seen = view(on, { headroom: () => percent / 100 });
        const there: { uid: string; node: string; cpu: number }[] = [];
        steps.forEach((one, i) => {
          if (one.kind === 'end') {
            const [gone] = there.splice(one.which % Math.max(1, there.length), 1);
            if (gone !== undefined) on.give(gone.uid);
            return;
          }
          const asking = pod({}, { resources: { requests: { cpu: `${one.cpu}m` } } });
          const decision = decide(asking, seen);
          expect(decision).toEqual(decide(asking, { ...seen, refusals: createRefusals() }));
          if (decision.kind === 'wait') {
            expect(decision.because).toMatch(/^0\/2 nodes are available: .+\.$/);
            return;
          }
          const uid = `p-${i}`;
          on.take({ uid, node: decision.node.name, requests: asking.requests, hostPorts: [] });
          there.push({ uid, node: decision.node.name, cpu: one.cpu });
        });
        for (const [name, limit] of [
          ['vn', 8000],
          ['w', Math.floor(8000 * (1 - percent / 100))],
        ] as const) {
          const own = there.filter(({ node: at }) => at === name);
          expect(own.reduce((sum, { cpu }) => sum + cpu, 0)).toBeLessThanOrEqual(limit);
          expect(own.length).toBeLessThanOrEqual(6);
          expect(on.get(name)?.used.cpu).toBe(own.reduce((sum, { cpu }) => sum + cpu, 0));
          expect(on.get(name)?.pods).toBe(own.length);
        }
      }),
    );
  });
});
