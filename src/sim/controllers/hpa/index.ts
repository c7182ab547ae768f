import { childOf } from '../../store/object.js';
import type { Clock } from '../../../telemetry/clock.js';
import type { Door } from '../door.js';
import { decideHpa, syncMs } from './decide.js';
import type { Wish } from './decide.js';

export interface Autoscaled {
  readonly namespace: string;
  readonly deployment: string;
  readonly min: number;
  readonly max: number;
  /** Load that one pod should bear. */
  readonly perPod: number;
  /** Load on the whole Deployment at a time in milliseconds since the epoch. */
  readonly load: (now: number) => number;
}

/** Sizes Deployments by a traffic curve, which its pods share evenly: pkg/controller/podautoscaler. */
export function startAutoscaler(
  { door, clock }: { readonly door: Door; readonly clock: Clock },
  targets: readonly Autoscaled[],
): void {
  const wishes = new Map<Autoscaled, readonly Wish[]>();

  function look(target: Autoscaled): void {
    const deployment = door.get('deployments.apps', target.namespace, target.deployment);
    if (deployment === undefined) return;
    const current = deployment.spec.replicas ?? 1;
    const { min, max, perPod } = target;
    const found = decideHpa({
      current,
      ratio: target.load(clock.now()) / perPod / Math.max(1, current),
      min,
      max,
      wishes: wishes.get(target) ?? [],
      now: clock.now(),
    });
    wishes.set(target, found.wishes);
    if (found.replicas === current) return;
    door.update('deployments.apps', deployment, (draft) => {
      childOf(draft, 'spec')['replicas'] = found.replicas;
    });
  }

  function round(): void {
    targets.forEach(look);
    clock.after(syncMs, round);
  }

  clock.after(syncMs, round);
}
