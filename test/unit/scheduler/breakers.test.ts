import { describe, expect, it } from 'vitest';
import { createBreakers } from '../../../src/scheduler/breakers.js';
import { toSchedulerNode } from '../../../src/scheduler/node.js';
import { fakeClock } from '../../support/fake-clock.js';

describe('the breaker of a node that goes', () => {
  it('is closed, and says nothing afterwards', async () => {
    const clock = fakeClock();
    const told: string[] = [];
    const breakers = createBreakers(clock, ({ scope, name, state }) =>
      told.push(`${scope} ${name} ${state}`),
    );
    const node = toSchedulerNode({ key: 'pool' })({
      metadata: { name: 'vn', labels: { type: 'virtual-kubelet' } },
      spec: { taints: [{ key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' }] },
    });
    if (node === undefined) throw new Error('not virtual');
    const failure = { because: 'no word of it', isStock: false };
    for (let i = 0; i < 3; i += 1) breakers.failed(node, clock.monotonic(), failure);
    breakers.forget('vn');
    breakers.forget('vn');
    await clock.advance(600_000);
    expect(told).toEqual(['node vn open', 'node vn closed']);
  });
});
