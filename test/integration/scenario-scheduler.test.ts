import { describe, expect, it } from 'vitest';
import { webhookOf } from '../../src/cmd/demo-scenario.js';
import { startOwnScheduler, usesOwnScheduler } from '../../src/cmd/demo-scheduler.js';
import { runScenario, type Result } from '../../src/sim/scenario/run.js';
import { stageTimes } from '../../src/sim/scenario/trace.js';
import { scenario } from '../support/scenario.js';

const policy = `  policies:
    - apiVersion: tidegate.io/v1alpha1
      kind: VirtualNodePolicy
      metadata: {name: cronjobs}
      spec:
        placement: {type: PreferVirtual, providers: [{name: alibaba-eci, weight: 100}, {name: tencent-supernode, weight: 10}]}
        scheduling: {schedulerName: tidegate-scheduler}
`;
const workload =
  '  workloads: [{type: CronJob, name: report, count: 60, schedule: "0 0 * * *", run: 5s, backoffLimit: 0}]\n';
const eci = '{name: eci, count: 2, provider: alibaba-eci, zone: zone-a, cpu: "100", memory: 400Gi}';
const tke = '{name: tke, provider: tencent-supernode, zone: zone-b, cpu: "100", memory: 400Gi}';

async function play(spec: string): Promise<Result> {
  const given = scenario(`${spec}${policy}${workload}`);
  expect(usesOwnScheduler(given)).toBe(true);
  return runScenario(given, {
    tidegate: (door, clock) => webhookOf(given, door, clock),
    scheduler: startOwnScheduler,
  });
}

const pods = ({ door }: Result) => door.all('pods').map(({ metadata, spec }) => ({ metadata, spec }));

describe('a scenario with the job scheduler', () => {
  it('has its pods bound by it, within two round trips', async () => {
    const result = await play(`  length: 5m\n  nodes: [${eci}, ${tke}]\n`);
    const bound = stageTimes(result.trace.runs).find(({ stage }) => stage === 'Pod → bound');
    expect(bound).toMatchObject({ count: 60, p50: 64 });
    expect(bound?.max).toBeLessThanOrEqual(128);
    expect(result.trace.jobs).toEqual({ complete: 60, failed: 0 });
    for (const { metadata, spec } of pods(result)) {
      expect(spec.schedulerName).toBe('tidegate-scheduler');
      expect(metadata.annotations?.['tidegate.io/scheduling']).toContain('"lane":"virtual"');
    }
  });

  it('ends the same twice', async () => {
    const spec = `  length: 3m\n  nodes: [${eci}, ${tke}]\n`;
    const [one, other] = [await play(spec), await play(spec)];
    expect(one.trace.runs).toEqual(other.trace.runs);
    expect(pods(one)).toEqual(pods(other));
  });

  it('brings its Jobs through a stock-out of the first provider, though none may fail once', async () => {
    const dry = '  stock: [{zone: zone-a, left: 0}]\n';
    const result = await play(`  length: 15m\n  nodes: [${eci}, ${tke}]\n${dry}`);
    expect(result.trace.jobs).toEqual({ complete: 60, failed: 0 });
    const last = pods(result).map(({ spec }) => spec.nodeName);
    expect(last).toContain('tke');
  });
});
