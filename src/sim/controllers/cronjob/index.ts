import { createScheduleCache } from '../../../cron/schedule.js';
import type { JsonObject } from '../../../objects/json.js';
import { childOf, timestamp } from '../../store/object.js';
import type { ControllerDeps } from '../loop.js';
import { createWriter, keyOf, splitKey, startLoop } from '../loop.js';
import { controllerOf } from '../objects.js';
import type { CronJob, Job } from '../objects.js';
import { decideCronJob, jobName } from './decide.js';
import type { CronPlan } from './decide.js';

/** Makes the Jobs of CronJobs: pkg/controller/cronjob. */
export function startCronJobs(deps: ControllerDeps): void {
  const { door, clock } = deps;
  const writer = createWriter(deps);
  const scheduleOf = createScheduleCache();
  const loop = startLoop(deps, sync);
  door.watch('cronjobs.batch', ({ type, object }) => {
    if (type !== 'DELETED') loop.add(keyOf(object));
  });
  door.watch('jobs.batch', ({ object }) => {
    const owner = controllerOf(object.metadata);
    if (owner?.kind === 'CronJob') loop.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  });

  async function sync(key: string): Promise<number | undefined> {
    const cron = door.get('cronjobs.batch', ...splitKey(key));
    if (cron === undefined) return undefined;
    const schedule = scheduleOf(cron.spec.schedule, cron.spec.timeZone);
    const jobs = door.ownedBy('jobs.batch', cron.metadata.uid);
    const plan = decideCronJob(cron, jobs, schedule, clock.now());
    for (const job of plan.forget) await removeJob(job);
    for (const event of plan.events) writer.event(event.reason);
    for (const { name } of plan.replace) {
      const job = door.get('jobs.batch', cron.metadata.namespace ?? '', name);
      if (job !== undefined) await removeJob(job);
    }
    const started = plan.start === undefined ? undefined : await makeJob(cron, plan.start);
    if (changesStatus(cron, plan, started)) {
      await writer.turn();
      writeStatus(cron, plan, started);
    }
    return plan.again;
  }

  async function removeJob(job: Job): Promise<void> {
    await writer.turn();
    door.remove('jobs.batch', job);
    writer.event('SuccessfulDelete');
  }

  async function makeJob(cron: CronJob, due: number): Promise<Job | undefined> {
    await writer.turn();
    const made = door.create('jobs.batch', jobOf(cron, due));
    writer.event('SuccessfulCreate');
    return made;
  }

  function writeStatus(cron: CronJob, plan: CronPlan, started: Job | undefined): void {
    door.update('cronjobs.batch', cron, (draft) => {
      const status = childOf(draft, 'status');
      const active = plan.active.map(({ name, uid }) => ({ name, uid }));
      if (started !== undefined) active.push({ name: started.metadata.name, uid: started.metadata.uid });
      status['active'] = active;
      if (plan.start !== undefined) status['lastScheduleTime'] = timestamp(plan.start);
      if (plan.lastSuccessfulTime !== undefined) status['lastSuccessfulTime'] = plan.lastSuccessfulTime;
    });
  }
}

const changesStatus = ({ status }: CronJob, plan: CronPlan, started: Job | undefined): boolean =>
  started !== undefined ||
  (status?.active ?? []).length !== plan.active.length ||
  status?.lastSuccessfulTime !== plan.lastSuccessfulTime;

function jobOf({ metadata, spec }: CronJob, due: number): JsonObject {
  const { namespace = '', name, uid } = metadata;
  const template = spec.jobTemplate as unknown as {
    readonly metadata?: JsonObject;
    readonly spec: JsonObject;
  };
  const owner = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...template.metadata,
      namespace,
      name: jobName(name, due),
      annotations: {
        ...(template.metadata?.['annotations'] as JsonObject | undefined),
        'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(due),
      },
      ownerReferences: [owner],
    },
    spec: template.spec,
  };
}
