import { msOf } from '../objects.js';
import type { Deployment, ReplicaSet } from '../objects.js';

/** One ReplicaSet's new size. */
export interface Resize {
  readonly name: string;
  readonly replicas: number;
}

/** What the deployment controller writes on its ReplicaSets: the size that it was scaled for, and with surge. */
export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas';
export const revisionAnnotation = 'deployment.kubernetes.io/revision';

/**
 * The next sizes of a Deployment's ReplicaSets: one step, as one sync of the deployment controller takes it. The
 * new one is there already. (pkg/controller/deployment: syncDeployment, sync.go scale, rolling.go, recreate.go)
 */
export function nextSizes(
  deployment: Deployment,
  current: ReplicaSet,
  old: readonly ReplicaSet[],
  podsOfOld = 0,
): readonly Resize[] {
  const all = [...old, current];
  if (isScaling(deployment, all)) return scale(deployment, current, old);
  if (deployment.spec.strategy?.type === 'Recreate') return recreate(deployment, current, old, podsOfOld);
  const up = growNew(deployment, all, current);
  return up.length > 0 ? up : shrinkOld(deployment, all, old, current);
}

/**
 * maxSurge is rounded up, maxUnavailable down; where both come to 0, one pod may be missing. Both default to 25 %.
 * (pkg/controller/deployment/util ResolveFenceposts, pkg/apis/apps/v1 defaults)
 */
export function fenceposts(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  const desired = desiredOf(deployment);
  if (deployment.spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: 0 };
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = scaled(maxSurge, desired, Math.ceil);
  const unavailable = scaled(maxUnavailable, desired, Math.floor);
  return {
    surge,
    unavailable: Math.min(desired, surge === 0 && unavailable === 0 ? 1 : unavailable),
  };
}

/** Old ReplicaSets without pods beyond the history limit, oldest first (sync.go cleanupDeployment). */
export function toCleanUp(deployment: Deployment, old: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const limit = deployment.spec.revisionHistoryLimit ?? 10;
  const surplus = old.length - limit;
  if (surplus <= 0) return [];
  return byAge(old)
    .slice(0, surplus)
    .filter((rs) => sizeOf(rs) === 0 && (rs.status?.replicas ?? 0) === 0);
}

export const desiredOf = (deployment: Deployment): number => deployment.spec.replicas ?? 1;
export const sizeOf = (rs: ReplicaSet): number => rs.spec.replicas ?? 1;

function scaled(value: number | string, of: number, round: (x: number) => number): number {
  if (typeof value === 'number') return value;
  return round((Number(value.replace(/%$/, '')) * of) / 100);
}

const availableOf = (rs: ReplicaSet): number => rs.status?.availableReplicas ?? 0;
const total = (sets: readonly ReplicaSet[], of: (rs: ReplicaSet) => number): number =>
  sets.reduce((sum, rs) => sum + of(rs), 0);
const active = (sets: readonly ReplicaSet[]): readonly ReplicaSet[] => sets.filter((rs) => sizeOf(rs) > 0);
const byAge = (sets: readonly ReplicaSet[]): readonly ReplicaSet[] =>
  [...sets].sort((a, b) => msOf(a.metadata.creationTimestamp) - msOf(b.metadata.creationTimestamp));
const resize = (rs: ReplicaSet, replicas: number): Resize => ({ name: rs.metadata.name, replicas });

/** Some ReplicaSet with pods was sized for another total (deployment_controller.go isScalingEvent). */
function isScaling(deployment: Deployment, all: readonly ReplicaSet[]): boolean {
  return active(all).some((rs) => {
    const desired = rs.metadata.annotations?.[desiredAnnotation];
    return desired !== undefined && Number(desired) !== desiredOf(deployment);
  });
}

function scale(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): readonly Resize[] {
  const desired = desiredOf(deployment);
  const running = active([...old, current]);
  const [only] = running;
  if (only !== undefined && running.length === 1) return [resize(only, desired)];
  const saturated = sizeOf(current) === desired && availableOf(current) === desired;
  if (saturated) return active(old).map((rs) => resize(rs, 0));
  return deployment.spec.strategy?.type === 'Recreate' ? [] : proportionally(deployment, running);
}

/** Shares what is to be added or removed by size, the leftover with the largest (sync.go scale). */
function proportionally(deployment: Deployment, running: readonly ReplicaSet[]): readonly Resize[] {
  const desired = desiredOf(deployment);
  const allowed = desired > 0 ? desired + fenceposts(deployment).surge : 0;
  const toAdd = allowed - total(running, sizeOf);
  const direction = Math.sign(toAdd);
  const ordered = [...running].sort(
    (a, b) =>
      sizeOf(b) - sizeOf(a) ||
      direction * (msOf(b.metadata.creationTimestamp) - msOf(a.metadata.creationTimestamp)),
  );
  let added = 0;
  const sizes = ordered.map((rs) => {
    const share = proportion(deployment, rs, allowed, toAdd - added);
    added += share;
    return sizeOf(rs) + share;
  });
  return ordered.map((rs, i) => resize(rs, Math.max(0, (sizes[i] ?? 0) + (i === 0 ? toAdd - added : 0))));
}

function proportion(deployment: Deployment, rs: ReplicaSet, allowed: number, left: number): number {
  if (left === 0) return 0;
  const share = fraction(deployment, rs, allowed);
  return left > 0 ? Math.min(share, left) : Math.max(share, left);
}

/** deployment_util.go getReplicaSetFraction */
function fraction(deployment: Deployment, rs: ReplicaSet, allowed: number): number {
  if (desiredOf(deployment) === 0) return -sizeOf(rs);
  const annotated = Number(rs.metadata.annotations?.[maxReplicasAnnotation]);
  const before = annotated > 0 ? annotated : (deployment.status?.replicas ?? 0);
  return before === 0 ? 0 : Math.round((sizeOf(rs) * allowed) / before) - sizeOf(rs);
}

function recreate(
  deployment: Deployment,
  current: ReplicaSet,
  old: readonly ReplicaSet[],
  podsOfOld: number,
): readonly Resize[] {
  const running = active(old);
  if (running.length > 0) return running.map((rs) => resize(rs, 0));
  if (podsOfOld > 0 || sizeOf(current) === desiredOf(deployment)) return [];
  return [resize(current, desiredOf(deployment))];
}

function growNew(deployment: Deployment, all: readonly ReplicaSet[], current: ReplicaSet): readonly Resize[] {
  const desired = desiredOf(deployment);
  const size = sizeOf(current);
  if (size === desired) return [];
  if (size > desired) return [resize(current, desired)];
  const room = desired + fenceposts(deployment).surge - total(all, sizeOf);
  return room <= 0 ? [] : [resize(current, size + Math.min(room, desired - size))];
}

function shrinkOld(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  old: readonly ReplicaSet[],
  current: ReplicaSet,
): readonly Resize[] {
  const minAvailable = desiredOf(deployment) - fenceposts(deployment).unavailable;
  const notYet = sizeOf(current) - availableOf(current);
  const most = total(all, sizeOf) - minAvailable - notYet;
  if (most <= 0 || active(old).length === 0) return [];
  const sizes = new Map(byAge(active(old)).map((rs) => [rs, sizeOf(rs)]));
  // First those that are not available anyway, then as many available ones as may be missing.
  const unhealthy = take(sizes, most, (rs, size) => size - availableOf(rs));
  const spare = total(all, availableOf) - minAvailable;
  const healthy = spare > 0 ? take(sizes, spare, (_, size) => size) : 0;
  if (unhealthy + healthy === 0) return [];
  return [...sizes].filter(([rs, size]) => size !== sizeOf(rs)).map(([rs, size]) => resize(rs, size));
}

function take(
  sizes: Map<ReplicaSet, number>,
  limit: number,
  most: (rs: ReplicaSet, size: number) => number,
): number {
  let taken = 0;
  for (const [rs, size] of sizes) {
    const n = Math.max(0, Math.min(limit - taken, most(rs, size)));
    sizes.set(rs, size - n);
    taken += n;
  }
  return taken;
}
