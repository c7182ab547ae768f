import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scenarioNames, toScenario } from '../../../../src/cmd/demo-scenario.js';
import { spreadSchedule } from '../../../../src/sim/scenario/schema.js';

describe('a scenario file', () => {
  it('with faults tells all of them, with line and column', () => {
    const text = `apiVersion: tidegate.io/v1alpha1
kind: Scenario
metadata: {name: broken}
spec:
  about: broken
  start: yesterday
  length: 10 minutes
  nodes:
    - {name: real, cpu: none}
  policies:
    - apiVersion: tidegate.io/v1alpha1
      kind: VirtualNodePolicy
      metadata: {name: p}
      spec: {placement: {type: Sometimes}}
  workloads:
    - {type: CronJob, name: report, schedule: "0 25 * * *"}
  report: [stages]
  takeaways: [nothing]
  extra: 1
`;
    const lines = (() => {
      try {
        toScenario('broken.yaml', text);
        return [];
      } catch (error) {
        return (error as Error).message
          .split('\n')
          .map((line) => line.replace(/(: |, )expected.*| got.*/, ''));
      }
    })();
    expect(lines).toEqual(
      expect.arrayContaining([
        'broken.yaml:6:3: spec.start',
        'broken.yaml:7:3: spec.length',
        'broken.yaml:9:20: spec.nodes[0].cpu',
        'broken.yaml:14:26: spec.policies[0].spec.placement.type',
        'broken.yaml:16:37: spec.workloads[0].schedule',
        'broken.yaml:19:3: spec.extra: unknown field',
      ]),
    );
  });

  it('is the only document of its file', () => {
    expect(() => toScenario('none.yaml', '')).toThrow(
      'none.yaml:1:1: expected one Scenario, got 0 documents',
    );
  });

  it.each([...scenarioNames])('%s is shipped without a fault', (name) => {
    const file = `examples/scenarios/${name}.yaml`;
    expect(toScenario(file, readFileSync(file, 'utf8')).metadata.name).toBe(name);
  });

  it('is named where it is shipped', () => {
    expect(readdirSync('examples/scenarios').sort()).toEqual(
      scenarioNames.map((name) => `${name}.yaml`).sort(),
    );
  });
});

describe('spreadSchedule', () => {
  it.each([
    ['H H * * *', 125, '5 2 * * *'],
    ['H * * * *', 61, '1 * * * *'],
    ['0 0 H H H', 0, '0 0 1 1 0'],
    ['*/5 * * * *', 99, '*/5 * * * *'],
  ])('%s by %d becomes %s', (schedule, hash, spread) => {
    expect(spreadSchedule(schedule, hash)).toBe(spread);
  });
});
