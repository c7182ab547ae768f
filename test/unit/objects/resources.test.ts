import { describe, expect, it } from 'vitest';
import { podRequests } from '../../../src/objects/resources.js';

const asking = (cpu: string) => ({ resources: { requests: { cpu } } });
const infeasible = [{ type: 'PodResizePending', reason: 'Infeasible' }];

/** As k8s.io/component-helpers resource PodRequests with UseStatusResources. */
describe('a pod that is resized in place asks for', () => {
  const containers = [{ name: 'main', ...asking('2') }];
  const main = (requested: string, allocated: string) => ({
    containerStatuses: [{ name: 'main', ...asking(requested), allocatedResources: { cpu: allocated } }],
  });
  it.each([
    ['what it wants, until it gets it', main('1', '1'), 2000],
    ['what it has, until that is taken away', main('4', '2'), 4000],
    ['what it was promised', main('1', '3'), 3000],
    ['what it has, where it cannot get more', { ...main('1', '1'), conditions: infeasible }, 1000],
    ['what it wants, where nothing is known', { containerStatuses: [{ name: 'main' }] }, 2000],
  ])('%s', (_, status, cpu) => {
    expect(podRequests({ containers }, status).cpu).toBe(cpu);
  });

  it('what its sidecars have, and what others of its init containers want', () => {
    const initContainers = [
      { name: 'side', restartPolicy: 'Always', ...asking('1') },
      { name: 'init', ...asking('5') },
    ];
    const statuses = [
      { name: 'side', ...asking('3') },
      { name: 'init', ...asking('9') },
    ];
    expect(podRequests({ containers, initContainers }, { initContainerStatuses: statuses }).cpu).toBe(8000);
  });

  it('what it has as a whole', () => {
    const spec = { containers, resources: { requests: { cpu: '3' } } };
    expect(podRequests(spec, { ...asking('4'), allocatedResources: { cpu: '2' } }).cpu).toBe(4000);
  });
});
