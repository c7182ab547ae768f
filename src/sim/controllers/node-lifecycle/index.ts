import { childOf, timestamp } from '../../store/object.js';
import type { ControllerDeps } from '../loop.js';
import { createWriter } from '../loop.js';
import type { Node, Pod } from '../objects.js';
import { healthOf, mayStay, monitorMs, unreachableTaints } from './decide.js';

export interface NodeLifecycleDeps extends ControllerDeps {
  /** When the node's Lease was renewed last; undefined: it has none yet. */
  readonly renewedAt: (node: string) => number | undefined;
}

/** Taints nodes that went silent, and deletes their pods in time: pkg/controller/nodelifecycle, tainteviction. */
export function startNodeLifecycle(deps: NodeLifecycleDeps): void {
  const { door, clock, renewedAt } = deps;
  const writer = createWriter(deps);
  const unreachable = new Set<string>();

  async function round(): Promise<void> {
    for (const node of door.all('nodes')) {
      const { name } = node.metadata;
      const isDown = healthOf(renewedAt(name) ?? clock.now(), clock.now()) === 'unreachable';
      if (isDown === unreachable.has(name)) continue;
      if (isDown) unreachable.add(name);
      else unreachable.delete(name);
      await writer.turn();
      setTaints(node, isDown);
      if (isDown) door.podsOn(name).forEach(evictInTime);
    }
    clock.after(monitorMs, () => void round());
  }

  function setTaints(node: Node, isDown: boolean): void {
    const others = (node.spec?.taints ?? []).filter(
      ({ key, effect }) => !unreachableTaints.some((taint) => taint.key === key && taint.effect === effect),
    );
    const taints = [...others, ...(isDown ? unreachableTaints : [])].map((taint) => ({ ...taint }));
    door.update('nodes', node, (draft) => {
      childOf(draft, 'spec')['taints'] = taints.map(({ key, value, effect }) => ({ key, value, effect }));
      const status = isDown ? 'Unknown' : 'True';
      const ready = { type: 'Ready', status, lastTransitionTime: timestamp(clock.now()) };
      childOf(draft, 'status')['conditions'] = [ready];
    });
  }

  function evictInTime(pod: Pod): void {
    const stay = mayStay(pod.spec.tolerations, unreachableTaints);
    const { nodeName = '' } = pod.spec;
    if (stay === undefined) return;
    clock.after(stay, () => {
      if (unreachable.has(nodeName)) void evict(pod);
    });
  }

  async function evict(pod: Pod): Promise<void> {
    await writer.turn();
    door.update('pods', pod, (draft) => {
      const status = childOf(draft, 'status');
      const known = Array.isArray(status['conditions']) ? status['conditions'] : [];
      const condition = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager' };
      status['conditions'] = [...known, { ...condition, lastTransitionTime: timestamp(clock.now()) }];
    });
    door.remove('pods', pod);
  }

  clock.after(monitorMs, () => void round());
}
