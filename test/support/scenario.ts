import { toScenario } from '../../src/cmd/demo-scenario.js';
import type { Scenario } from '../../src/sim/scenario/schema.js';

/** A scenario; `spec` is YAML, two spaces deep, and states only what the test is about. Default: one ordinary node. */
export function scenario(spec: string): Scenario {
  const defaults = [
    'about: a test',
    'report: [stages]',
    'takeaways: [nothing]',
    'start: "2026-03-01T23:59:00Z"',
  ]
    .filter((line) => !spec.includes(`  ${line.slice(0, line.indexOf(':') + 1)}`))
    .map((line) => `  ${line}\n`)
    .join('');
  const head = 'apiVersion: tidegate.io/v1alpha1\nkind: Scenario\nmetadata: {name: test}\nspec:\n';
  return toScenario('test.yaml', `${head}${defaults}${spec}`);
}
