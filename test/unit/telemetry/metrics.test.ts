import { describe, expect, it } from 'vitest';
import {
  admissionMetrics,
  certificateMetrics,
  createRegistry,
  policyMetrics,
  schedulerMetrics,
} from '../../../src/telemetry/metrics.js';

describe('metrics', () => {
  it('say which version runs on which Node', async () => {
    const text = await createRegistry({ version: '1.2.3' }).metrics();
    expect(text).toContain(`tidegate_build_info{version="1.2.3",node="${process.versions.node}"} 1`);
  });

  it('include those of the process', async () => {
    const text = await createRegistry({ version: '1.2.3' }).metrics();
    expect(text).toContain('process_resident_memory_bytes ');
    expect(text).toContain('nodejs_eventloop_lag_seconds ');
  });

  it('time reviews in buckets from 0.25 ms to 2 s', async () => {
    const registry = createRegistry({ version: '1.2.3' });
    admissionMetrics(registry).duration.observe(0.0002);
    const text = await registry.metrics();
    const bounds = [...text.matchAll(/tidegate_admission_duration_seconds_bucket{le="([^"]+)"}/g)];
    const first = ['0.00025', '0.0005', '0.001', '0.0025', '0.005', '0.01', '0.025'];
    const last = ['0.05', '0.1', '0.25', '0.5', '1', '2', '+Inf'];
    expect(bounds.map(([, bound]) => bound)).toEqual([...first, ...last]);
  });

  it('tell a scheduler from a controller before its first pod', async () => {
    const registry = createRegistry({ version: '1.2.3' });
    schedulerMetrics(registry);
    const text = await registry.metrics();
    for (const queue of ['ready', 'binding', 'waiting'])
      expect(text).toContain(`tidegate_scheduler_pending_pods{queue="${queue}"} 0`);
  });

  it('of every part live in one registry', () => {
    const registry = createRegistry({ version: '1.2.3' });
    expect(() => {
      admissionMetrics(registry);
      policyMetrics(registry);
      certificateMetrics(registry);
    }).not.toThrow();
  });
});
