/** Plays the scenario `midnight` under several settings, in a process of its own. */
import { readFileSync } from 'node:fs';
import type * as DemoModule from '../../../src/cmd/demo-scenario.ts';
import type * as SchedulerModule from '../../../src/cmd/demo-scheduler.ts';
import type * as LimitsModule from '../../../src/sim/scenario/limits.ts';
import type { Limit } from '../../../src/sim/scenario/limits.ts';
import type * as RunModule from '../../../src/sim/scenario/run.ts';
import type { Scenario } from '../../../src/sim/scenario/schema.ts';
import type * as TraceModule from '../../../src/sim/scenario/trace.ts';
import type { StageTimes } from '../../../src/sim/scenario/trace.ts';
import { built } from '../built.ts';
import { serve } from '../remote.ts';

/** Of kube-controller-manager: stock, or requests a second. */
export type Manager = 'stock' | 1000 | 5000;
export type Scheduler = 'kube-scheduler' | 'kube-scheduler, QPS raised' | 'tidegate';

export interface Setting {
  readonly manager: Manager;
  readonly scheduler: Scheduler;
  readonly virtualNodes: number;
}

export interface Played extends Setting {
  readonly stages: readonly Omit<StageTimes, 'values'>[];
}

export type MidnightCommands = {
  readonly play: { readonly ask: Setting; readonly answer: Played };
  readonly limits: { readonly ask: undefined; readonly answer: readonly Limit[] };
};

const { toScenario, webhookOf } = await built<typeof DemoModule>('cmd/demo-scenario.js');
const { startOwnScheduler } = await built<typeof SchedulerModule>('cmd/demo-scheduler.js');
const { stageLimits } = await built<typeof LimitsModule>('sim/scenario/limits.js');
const { runScenario } = await built<typeof RunModule>('sim/scenario/run.js');
const { stageTimes } = await built<typeof TraceModule>('sim/scenario/trace.js');

const file = new URL('../../../examples/scenarios/midnight.yaml', import.meta.url).pathname;
const midnight = toScenario(file, readFileSync(file, 'utf8'));

function set({ manager, scheduler, virtualNodes }: Setting): Scenario {
  const { spec } = midnight;
  const isOurs = scheduler === 'tidegate';
  const raised = { qps: 5000, burst: 10_000, cycle: spec.scheduler.cycle };
  return {
    ...midnight,
    spec: {
      ...spec,
      controllerManager:
        manager === 'stock' ? spec.controllerManager : { qps: manager, burst: manager, workers: 100 },
      scheduler: scheduler === 'kube-scheduler, QPS raised' ? raised : spec.scheduler,
      nodes: spec.nodes.map((group) =>
        group.provider === undefined ? group : { ...group, count: virtualNodes },
      ),
      policies: spec.policies.map(({ spec: { scheduling, ...rest }, ...policy }) => ({
        ...policy,
        spec: isOurs && scheduling ? { ...rest, scheduling } : rest,
      })),
    },
  };
}

serve<MidnightCommands>({
  async play(setting) {
    const scenario = set(setting);
    const { trace } = await runScenario(scenario, {
      tidegate: (door, clock) => webhookOf(scenario, door, clock),
      ...(setting.scheduler === 'tidegate' ? { scheduler: startOwnScheduler } : {}),
    });
    const stages = stageTimes(trace.runs).map(({ stage, count, p50, p99, max }) => ({
      ...{ stage, count, p50, p99, max },
    }));
    return { ...setting, stages };
  },
  limits: () => stageLimits(midnight.spec.workloads[0]?.count ?? 0),
});
