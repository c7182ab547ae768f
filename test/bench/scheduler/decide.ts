/** Measures `decide` in a process of its own: microseconds of CPU a pod, with what it takes put down as taken. */
import type * as BreakersModule from '../../../src/scheduler/breakers.ts';
import type * as DecideModule from '../../../src/scheduler/decide.ts';
import type * as FiltersModule from '../../../src/scheduler/filters.ts';
import type * as NodeModule from '../../../src/scheduler/node.ts';
import type * as PodModule from '../../../src/scheduler/pod.ts';
import type * as RefusalsModule from '../../../src/scheduler/refusals.ts';
import type * as RoomsModule from '../../../src/scheduler/rooms.ts';
import type * as StartUpModule from '../../../src/scheduler/startup.ts';
import type * as ClockModule from '../../../src/telemetry/clock.ts';
import type { View } from '../../../src/scheduler/view.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import { built } from '../built.ts';
import { serve } from '../remote.ts';
import { median } from '../stats.ts';
import { nodeOf, nodeStatus, podText } from './objects.ts';

/** Nodes of either kind, and how long one pod took. */
export interface Decided {
  readonly virtual: number;
  readonly ordinary: number;
  /** Where the pods go. */
  readonly lane: 'virtual' | 'ordinary';
  readonly microseconds: number;
}

export type DecideCommands = { readonly measure: { readonly ask: undefined; readonly answer: Decided[] } };

const { createBreakers } = await built<typeof BreakersModule>('scheduler/breakers.js');
const { decide } = await built<typeof DecideModule>('scheduler/decide.js');
const { createFilters } = await built<typeof FiltersModule>('scheduler/filters.js');
const { toSchedulerNode } = await built<typeof NodeModule>('scheduler/node.js');
const { toSchedulerPod } = await built<typeof PodModule>('scheduler/pod.js');
const { createRefusals } = await built<typeof RefusalsModule>('scheduler/refusals.js');
const { createRooms } = await built<typeof RoomsModule>('scheduler/rooms.js');
const { createStartUp } = await built<typeof StartUpModule>('scheduler/startup.js');
const { systemClock: clock } = await built<typeof ClockModule>('telemetry/clock.js');

const pool = { key: 'tidegate.io/fallback', value: 'enabled' };
const toNode = toSchedulerNode(pool);
const rounds = 7;

const cases: readonly Omit<Decided, 'microseconds'>[] = [
  { virtual: 10, ordinary: 0, lane: 'virtual' },
  { virtual: 100, ordinary: 0, lane: 'virtual' },
  { virtual: 1000, ordinary: 0, lane: 'virtual' },
  { virtual: 10, ordinary: 5000, lane: 'virtual' },
  { virtual: 0, ordinary: 5000, lane: 'ordinary' },
];

function measure(one: Omit<Decided, 'microseconds'>): Decided {
  const count = Math.max(100, Math.min(5000, 200_000 / (one.virtual + one.ordinary)));
  const times = Array.from({ length: rounds + 2 }, () => {
    const { view, pods, take } = prepare(one, count);
    const begun = process.cpuUsage();
    for (const pod of pods) {
      const decision = decide(pod, view);
      if (decision.kind === 'wait' || decision.lane !== one.lane)
        throw new Error(`expected lane ${one.lane}, came ${JSON.stringify(decision).slice(0, 300)}`);
      take(pod, decision.node);
    }
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / pods.length;
  });
  // The first ones warm up.
  return { ...one, microseconds: median(times.slice(2)) };
}

function prepare({ virtual, ordinary }: Omit<Decided, 'microseconds'>, count: number) {
  const rooms = createRooms();
  const startUps = new Map(
    Array.from({ length: virtual }, (_, i) => {
      const made = node(nodeOf(`vn-${i}`, i));
      rooms.setNode(made);
      return [made.name, createStartUp({ burst: 100, perSecond: 20 }, clock)] as const;
    }),
  );
  for (let i = 0; i < ordinary; i += 1)
    rooms.setNode(node({ metadata: { name: `n-${i}`, labels: { [pool.key]: pool.value } } }));
  const breakers = createBreakers(clock, () => undefined);
  const unlimited = createStartUp({ burst: 1e9, perSecond: 1e9 }, clock);
  const startUpOf = ({ name }: { readonly name: string }) => startUps.get(name) ?? unlimited;
  const view: View = {
    ...{ rooms, filters: createFilters(), refusals: createRefusals(), startUp: startUpOf },
    refuses: (of) => breakers.refuses(of),
    headroom: () => 0.1,
  };
  return {
    ...{ view, pods: Array.from({ length: count }, (_, i) => pod(i)) },
    take: ({ uid, requests, hostPorts }: PodModule.SchedulerPod, on: NodeModule.SchedulerNode) => {
      rooms.take({ uid, node: on.name, requests, hostPorts });
      breakers.begin(on);
      startUpOf(on).bound();
    },
  };
}

function node(object: object): NodeModule.SchedulerNode {
  const found = toNode({ ...object, ...nodeStatus } as unknown as KubeObject);
  if (found === undefined) throw new Error('the scheduler does not know its node');
  return found;
}

/** Required affinity as a policy writes it holds a pod off ordinary nodes: here it goes where it may. */
function pod(i: number): PodModule.SchedulerPod {
  const { metadata, spec, ...rest } = JSON.parse(podText('tidegate-scheduler', 'job')) as {
    readonly metadata: object;
    readonly spec: object;
  };
  return toSchedulerPod({
    ...rest,
    metadata: { ...metadata, name: `pod-${i}`, uid: `uid-${i}` },
    spec: { ...spec, affinity: {} },
  });
}

serve<DecideCommands>({ measure: () => Promise.resolve(cases.map(measure)) });
