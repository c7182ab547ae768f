import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import { createObservePolicies } from '../../../src/sources/observe-policies.js';
import type { SnapshotStatus } from '../../../src/sources/snapshot.js';
import { createLogger } from '../../../src/telemetry/logger.js';
import { createRegistry, policyMetrics } from '../../../src/telemetry/metrics.js';

function setUp() {
  const lines: unknown[] = [];
  const to = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const registry = createRegistry({ version: 'test' });
  const log = createLogger({ component: 'test', to });
  const observe = createObservePolicies({ log, metrics: policyMetrics(registry) });
  const metrics = async () => {
    const text = await registry.metrics();
    return text.split('\n').filter((line) => line.startsWith('tidegate_polic'));
  };
  return { lines, observe, metrics };
}

const good: SnapshotStatus = { loaded: 2, hash: 'abc', generation: 1, fault: undefined };

describe('createObservePolicies', () => {
  it('tells what was loaded', async () => {
    const { lines, observe, metrics } = setUp();
    observe('loaded', good);
    expect(lines).toMatchObject([{ level: 'info', policies: 2, hash: 'abc', msg: 'policies loaded' }]);
    expect(await metrics()).toEqual([
      'tidegate_policy_reloads_total{result="loaded"} 1',
      'tidegate_policy_reloads_total{result="refused"} 0',
      'tidegate_policies_loaded 2',
      'tidegate_policy_generation 1',
      'tidegate_policy_info{hash="abc"} 1',
      'tidegate_policy_faulty 0',
    ]);
  });

  it('tells what was refused, and that the last good ones serve', async () => {
    const { lines, observe, metrics } = setUp();
    observe('loaded', good);
    observe('refused', { ...good, fault: new AppError('policy-invalid', 'a.yaml:3:1: no') });
    expect(lines.at(-1)).toMatchObject({ level: 'error', error: 'a.yaml:3:1: no', serving: 'abc' });
    expect(await metrics()).toContain('tidegate_policy_faulty 1');
    expect(await metrics()).toContain('tidegate_policy_reloads_total{result="refused"} 1');
    expect(await metrics()).toContain('tidegate_policies_loaded 2');
  });

  it('shows the hash of what serves and no other', async () => {
    const { observe, metrics } = setUp();
    observe('loaded', good);
    observe('loaded', { ...good, hash: 'def', generation: 2 });
    const info = (await metrics()).filter((line) => line.startsWith('tidegate_policy_info'));
    expect(info).toEqual(['tidegate_policy_info{hash="def"} 1']);
  });

  it('says nothing of a read that changed nothing', async () => {
    const { lines, observe, metrics } = setUp();
    observe('same', good);
    expect(lines).toEqual([]);
    expect((await metrics()).filter((line) => line.includes('reloads_total'))).toEqual([
      'tidegate_policy_reloads_total{result="loaded"} 0',
      'tidegate_policy_reloads_total{result="refused"} 0',
    ]);
  });
});
