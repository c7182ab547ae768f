import { createScheduleCache } from '../../cron/schedule.js';
import { kindOf } from '../../kube/errors.js';
import { resources } from '../../kube/resource.js';
import { binBySecond, type Binned } from '../../midnight/bins.js';
import { fullestSecond, type Crowd, type Stage, type StageDelay } from '../../midnight/report.js';
import { findProvider } from '../../providers/registry.js';
import { ok, warning, type Check, type Examination, type Finding } from '../check.js';
import { readControlPlane, type ControlPlane } from '../control-plane.js';
import { cronFactsOf } from '../cron-facts.js';
import { durationText, rangeText } from '../duration.js';
import { usableOf } from '../provider-nodes.js';
import { readServing } from '../serving.js';
import { stagesOf } from '../stages.js';

/** How many CronJobs are due in the same second of the next day, and how long it takes until all of them run. */
export const midnight: Check = {
  id: 'midnight',
  needs: ['api-server'],
  async run(examination) {
    const { read, now } = examination;
    const [serving, cronJobs = [], nodes = [], seen] = await Promise.all([
      readServing(examination),
      read.list(resources.cronJobs),
      read.list(resources.nodes),
      controlPlaneOf(examination),
    ]);
    const crons = cronJobs.map((object) => cronFactsOf(object, serving));
    const named = new Set(crons.flatMap(({ provider }) => provider ?? []));
    const providers = [...named].flatMap((name) => {
      const provider = findProvider(name);
      return provider === undefined ? [] : [{ provider, nodes: usableOf(name, nodes).length }];
    });
    const binned = binBySecond(crons, { from: now, to: now + dayMs }, createScheduleCache());
    return judgeMidnight(binned, stagesOf(seen, providers));
  },
};

const dayMs = 24 * 3_600_000;

/** Who may not look takes Kubernetes' defaults. */
async function controlPlaneOf({ read }: Examination): Promise<Partial<ControlPlane>> {
  try {
    return await readControlPlane(read);
  } catch (error) {
    if (kindOf(error) !== 'forbidden') throw error;
    return {};
  }
}

/** CronJobs run each minute at most: what takes longer runs into the next. */
const bearableMs = 60_000;

export function judgeMidnight({ bins, unreadable }: Binned, stages: readonly Stage[]): readonly Finding[] {
  const crowd = fullestSecond(bins, stages);
  const strange = unreadable.map(({ namespace, name, schedule, timeZone }) => {
    const text = timeZone === undefined ? schedule : `${schedule} in ${timeZone}`;
    const reason = `the schedule of ${namespace}/${name} cannot be read: ${text}`;
    return warning(reason, `kubectl -n ${namespace} edit cronjob ${name}`);
  });
  return [
    crowd === undefined ? ok('no CronJob is due in the next 24 hours') : judgeCrowd(crowd),
    ...strange.slice(0, mostStrange),
  ];
}

const mostStrange = 5;

function judgeCrowd(crowd: Crowd): Finding {
  const [slowest] = crowd.stages;
  const when = new Date(crowd.at).toISOString().replace('.000', '');
  const reason = `the fullest second of the next 24 hours is ${when}, with ${crowd.cronJobs} CronJobs`;
  if (slowest === undefined || slowest.most < bearableMs) {
    const took = durationText(slowest?.most ?? 0);
    return ok(`${reason}, which all run within ${took}`, detailsOf(crowd));
  }
  return warning(`${reason}: the last runs ${rangeText(slowest)} later`, remedyOf(slowest), detailsOf(crowd));
}

function detailsOf({ stages, sharers, missed }: Crowd): readonly string[] {
  const shares = sharers.slice(0, mostSharers).map(({ namespace, count, names }) => {
    const more = count > names.length ? ', …' : '';
    return `${namespace} ${count} (${names.join(', ')}${more})`;
  });
  const others = sharers.length - shares.length;
  return [
    ...stages.map(
      (stage) => `${stage.name}, ${stage.perSecond}/s after a burst of ${stage.burst}: ${rangeText(stage)}`,
    ),
    `shared by ${shares.join(', ')}${others > 0 ? ` and ${others} more namespaces` : ''}`,
    ...(missed === 0
      ? []
      : [`${missed} of them do not run at all: their startingDeadlineSeconds is over before`]),
  ];
}

const mostSharers = 5;

function remedyOf({ name }: StageDelay): string {
  const spread = 'spread their schedules over the hour';
  if (name === 'kube-scheduler') return `${spread}, or raise clientConnection.qps of kube-scheduler`;
  if (name.endsWith('controller')) return `${spread}, or raise --kube-api-qps of kube-controller-manager`;
  return `${spread}, or name a second provider beside ${name} in the policy`;
}
