import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/telemetry/logger.js';
import { admissionMetrics, createRegistry } from '../../../src/telemetry/metrics.js';
import { createObserve, type Observation } from '../../../src/webhook/observe.js';

function observation(facts: Partial<Observation> = {}): Observation {
  return {
    uid: 'u1',
    kind: 'CronJob',
    operation: 'CREATE',
    namespace: 'apps',
    name: 'nightly',
    dryRun: false,
    verdict: 'unchanged',
    reason: 'already-placed',
    operations: 0,
    patchBytes: 0,
    ...facts,
  };
}

function setUp(level: 'info' | 'debug') {
  const lines: unknown[] = [];
  const to = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const registry = createRegistry({ version: 'test' });
  const log = createLogger({ component: 'webhook', level, to });
  return { lines, registry, observe: createObserve({ log, metrics: admissionMetrics(registry) }) };
}

describe('createObserve', () => {
  it.each([
    ['patched', 'info'],
    ['observed', 'info'],
    ['unchanged', 'debug'],
    ['skipped', 'debug'],
    ['failed', 'warn'],
  ] as const)('writes exactly one line about a review that is %s, at level %s', (verdict, level) => {
    const { lines, observe } = setUp('debug');
    observe(observation({ verdict }), 0.001);
    expect(lines).toMatchObject([{ level, verdict, msg: 'review answered' }]);
  });

  it('tells which object, what came of it and how long it took', () => {
    const { lines, observe } = setUp('info');
    const facts = { verdict: 'patched', policy: 'cronjobs', operations: 3, patchBytes: 512 } as const;
    observe(observation(facts), 0.000_123_456);
    expect(lines).toMatchObject([
      { uid: 'u1', kind: 'CronJob', namespace: 'apps', name: 'nightly', ...facts, seconds: 0.000_123 },
    ]);
  });

  it('counts each review once, by kind, operation, verdict and reason', async () => {
    const { registry, observe } = setUp('info');
    observe(observation({ verdict: 'skipped', reason: 'host-network' }), 0.001);
    observe(observation({ verdict: 'skipped', reason: 'host-network' }), 0.001);
    observe(observation({ kind: 'Job' }), 0.001);
    const text = await registry.metrics();
    const total = 'tidegate_admission_reviews_total';
    expect(text).toContain(
      `${total}{kind="CronJob",operation="CREATE",verdict="skipped",reason="host-network"} 2`,
    );
    expect(text).toContain(
      `${total}{kind="Job",operation="CREATE",verdict="unchanged",reason="already-placed"} 1`,
    );
    expect(text).toContain('tidegate_admission_duration_seconds_count 3');
  });

  it('counts what could not be had, by kind and reason, beside the review', async () => {
    const { registry, lines, observe } = setUp('info');
    const notOffered = ['own-scheduler-cannot-place', 'image-cache-not-offered'] as const;
    observe(observation({ verdict: 'patched', reason: 'placed', notOffered }), 0.001);
    const text = await registry.metrics();
    const total = 'tidegate_admission_not_offered_total';
    for (const reason of notOffered) expect(text).toContain(`${total}{kind="CronJob",reason="${reason}"} 1`);
    expect(lines).toMatchObject([{ notOffered }]);
  });

  it('measures patches only where there is one', async () => {
    const { registry, observe } = setUp('info');
    observe(observation(), 0.001);
    observe(observation({ verdict: 'patched', operations: 3, patchBytes: 512 }), 0.001);
    const text = await registry.metrics();
    expect(text).toContain('tidegate_admission_patch_bytes_sum 512');
    expect(text).toContain('tidegate_admission_patch_bytes_count 1');
    expect(text).toContain('tidegate_admission_patch_operations_sum 3');
  });
});
