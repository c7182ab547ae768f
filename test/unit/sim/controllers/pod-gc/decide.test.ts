import { describe, expect, it } from 'vitest';
import { collect } from '../../../../../src/sim/controllers/pod-gc/decide.js';
import { pod } from '../../../../support/sim-objects.js';

describe('collect (pkg/controller/podgc)', () => {
  const gone = (name: string) => name === 'gone';
  const seen = (pods: readonly ReturnType<typeof pod>[]) =>
    collect(pods, gone).map((found) => [found.pod.metadata.name, found.because, found.failFirst]);

  it.each([
    {
      name: 'a pod of a node that is gone, failed first',
      of: pod('a', { node: 'gone' }),
      found: [['a', 'orphaned', true]],
    },
    {
      name: 'a finished one of such a node, as it is',
      of: pod('a', { node: 'gone', phase: 'Succeeded' }),
      found: [['a', 'orphaned', false]],
    },
    {
      name: 'a pending pod that is being deleted',
      of: pod('a', { node: '', phase: 'Pending', deleting: true }),
      found: [['a', 'unscheduled-terminating', true]],
    },
    { name: 'not a pending pod', of: pod('a', { node: '', phase: 'Pending' }), found: [] },
    {
      name: 'not a running pod that is being deleted: its kubelet does that',
      of: pod('a', { deleting: true }),
      found: [],
    },
  ])('$name', ({ of, found }) => {
    expect(seen([of])).toEqual(found);
  });

  it('the oldest finished pods beyond 12,500', () => {
    const finished = Array.from({ length: 12_502 }, (_, i) => pod(`p${i}`, { phase: 'Failed', age: i }));
    expect(seen(finished)).toEqual([
      ['p12500', 'terminated', false],
      ['p12501', 'terminated', false],
    ]);
  });
});
