import type { JsonObject } from '../../../objects/json.js';
import { childOf, timestamp } from '../../store/object.js';
import type { Draft } from '../../store/object.js';
import type { ControllerDeps } from '../loop.js';
import { createWriter, keyOf, splitKey, startLoop } from '../loop.js';
import { controllerOf } from '../objects.js';
import type { Job, Pod } from '../objects.js';
import { slowStartBatches } from '../replicaset/decide.js';
import { noBackoff } from './backoff.js';
import type { Backoff } from './backoff.js';
import { decideJob, isFinished, trackingFinalizer, ttlLeft } from './decide.js';
import type { Finish, JobPlan } from './decide.js';

/** A Job is looked at a second after something happened to its pods (job_controller.go SyncJobBatchPeriod). */
const batchMs = 1000;

/** Makes the pods of Jobs and counts how they end: pkg/controller/job, and pkg/controller/ttlafterfinished. */
export function startJobs(deps: ControllerDeps): void {
  const { door, clock } = deps;
  const writer = createWriter(deps);
  const backoffs = new Map<string, Backoff>();
  const loop = startLoop(deps, sync);
  door.watch('jobs.batch', ({ type, object }) => {
    if (type === 'DELETED') backoffs.delete(object.metadata.uid);
    else loop.add(keyOf(object));
  });
  door.watch('pods', ({ type, object }) => {
    const owner = controllerOf(object.metadata);
    if (owner?.kind !== 'Job' || type === 'ADDED') return;
    loop.addAfter(`${object.metadata.namespace ?? ''}/${owner.name}`, batchMs);
  });

  async function sync(key: string): Promise<number | undefined> {
    const job = door.get('jobs.batch', ...splitKey(key));
    if (job === undefined) return undefined;
    if (isFinished(job)) return expire(job);
    const pods = door.ownedBy('pods', job.metadata.uid);
    const backoff = backoffs.get(job.metadata.uid) ?? noBackoff;
    const plan = decideJob({ job, pods, backoff, now: clock.now(), caughtUp: true });
    await Promise.all(plan.remove.map(removePod));
    for (const size of slowStartBatches(plan.create)) {
      await Promise.all(Array.from({ length: size }, () => makePod(job)));
    }
    backoffs.set(job.metadata.uid, plan.backoff);
    await record(job, plan);
    return plan.again;
  }

  /** Three writes, as in the real one: written down as uncounted, freed of the finalizer, counted. */
  async function record(job: Job, plan: JobPlan): Promise<void> {
    if (needsFlush(job, plan))
      await writeStatus(job, (status) => {
        flush(status, plan, clock.now());
      });
    await Promise.all(plan.count.free.map(freePod));
    const counts = plan.count.free.length > 0 || plan.finished !== undefined;
    if (counts)
      await writeStatus(job, (status) => {
        settle(status, plan.finished, clock.now());
      });
    if (plan.finished !== undefined)
      writer.event(plan.finished.type === 'Complete' ? 'Completed' : plan.finished.reason);
  }

  async function writeStatus(job: Job, change: (status: Draft) => void): Promise<void> {
    await writer.turn();
    door.update('jobs.batch', job, (draft) => {
      change(childOf(draft, 'status'));
    });
  }

  async function removePod(pod: Pod): Promise<void> {
    await writer.turn();
    door.remove('pods', pod);
    writer.event('SuccessfulDelete');
  }

  async function makePod(job: Job): Promise<void> {
    await writer.turn();
    door.create('pods', podOf(job));
    writer.event('SuccessfulCreate');
  }

  async function freePod(pod: Pod): Promise<void> {
    await writer.turn();
    door.update('pods', pod, (draft) => {
      const metadata = childOf(draft, 'metadata');
      metadata['finalizers'] = (pod.metadata.finalizers ?? []).filter((name) => name !== trackingFinalizer);
    });
  }

  async function expire(job: Job): Promise<number | undefined> {
    const left = ttlLeft(job, clock.now());
    if (left !== 0) return left;
    await writer.turn();
    door.remove('jobs.batch', job);
    return undefined;
  }
}

function needsFlush({ status }: Job, plan: JobPlan): boolean {
  const counts = plan.count.succeeded.length + plan.count.failed.length > 0;
  return status?.startTime === undefined || counts || moves(status, plan) || ends(status, plan);
}

const moves = ({ active = 0, ready = 0 }: NonNullable<Job['status']>, plan: JobPlan): boolean =>
  active !== plan.active || ready !== plan.ready;

const ends = (status: Job['status'], { target, finished }: JobPlan): boolean =>
  target?.type === 'Failed' && finished === undefined && !hasTarget(status);

const hasTarget = (status: Job['status']): boolean =>
  status?.conditions?.some(({ type }) => type === 'FailureTarget') ?? false;

function flush(status: Draft, plan: JobPlan, now: number): void {
  status['startTime'] ??= timestamp(now);
  status['active'] = plan.active;
  status['ready'] = plan.ready;
  status['terminating'] = plan.terminating;
  const uncounted = childOf(status, 'uncountedTerminatedPods');
  uncounted['succeeded'] = [...texts(uncounted['succeeded']), ...plan.count.succeeded.map(uidOf)];
  uncounted['failed'] = [...texts(uncounted['failed']), ...plan.count.failed.map(uidOf)];
  const { target } = plan;
  if (target?.type === 'Failed' && plan.finished === undefined) {
    const known = Array.isArray(status['conditions']) ? status['conditions'] : [];
    status['conditions'] = [...known, condition('FailureTarget', target, now)];
  }
}

function settle(status: Draft, finished: Finish | undefined, now: number): void {
  const uncounted = childOf(status, 'uncountedTerminatedPods');
  status['succeeded'] = Number(status['succeeded'] ?? 0) + texts(uncounted['succeeded']).length;
  status['failed'] = Number(status['failed'] ?? 0) + texts(uncounted['failed']).length;
  status['uncountedTerminatedPods'] = {};
  if (finished === undefined) return;
  const known = Array.isArray(status['conditions']) ? status['conditions'] : [];
  status['conditions'] = [...known, condition(finished.type, finished, now)];
  status['active'] = 0;
  status['ready'] = 0;
  if (finished.type === 'Complete') status['completionTime'] = timestamp(now);
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : []);
const uidOf = ({ metadata }: Pod): string => metadata.uid;

const condition = (type: string, { reason, message }: Finish, now: number): Draft => ({
  type,
  status: 'True',
  reason,
  message,
  lastTransitionTime: timestamp(now),
});

function podOf({ metadata, spec }: Job): JsonObject {
  const { namespace = '', name, uid } = metadata;
  const template = spec.template as unknown as { readonly metadata?: JsonObject; readonly spec: JsonObject };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...template.metadata,
      namespace,
      generateName: `${name}-`,
      labels: {
        ...(template.metadata?.['labels'] as JsonObject | undefined),
        'batch.kubernetes.io/controller-uid': uid,
        'batch.kubernetes.io/job-name': name,
      },
      finalizers: [trackingFinalizer],
      ownerReferences: [
        { apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: true },
      ],
    },
    spec: template.spec,
  };
}
