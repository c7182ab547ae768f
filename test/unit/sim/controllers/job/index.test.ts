import { describe, expect, it } from 'vitest';
import { startCronJobs } from '../../../../../src/sim/controllers/cronjob/index.js';
import { startJobs } from '../../../../../src/sim/controllers/job/index.js';
import type { Pod } from '../../../../../src/sim/controllers/objects.js';
import { createPodWriter } from '../../../../../src/sim/kubelets/pods.js';
import { life, plainJob } from '../../../../support/life.js';

function jobs(spec = {}) {
  const bench = life();
  startJobs(bench);
  bench.door.create('jobs.batch', plainJob('job', spec));
  const writer = createPodWriter(bench.door, bench.clock);
  const pods = (): readonly Pod[] => bench.door.all('pods');
  const active = (): Pod | undefined => pods().find(({ status }) => status?.phase === 'Pending');
  const job = () => bench.door.get('jobs.batch', 'apps', 'job');
  return { ...bench, writer, pods, active, job };
}

describe('the Job controller', () => {
  it('makes a pod, counts its success, frees it of the finalizer and ends', async () => {
    const { pass, pods, writer, job } = jobs();
    await pass(1);
    const [pod] = pods();
    if (pod === undefined) throw new Error('no pod');
    expect(pod.metadata.finalizers).toEqual(['batch.kubernetes.io/job-tracking']);
    writer.finished(pod, 0);
    await pass(3);
    expect(pods()[0]?.metadata.finalizers).toEqual([]);
    expect(job()?.status).toMatchObject({ succeeded: 1, active: 0, uncountedTerminatedPods: {} });
    expect(job()?.status?.conditions?.map(({ type }) => type)).toEqual(['Complete']);
  });

  it('makes the next pod ten seconds after a failure, twenty after the next', async () => {
    const { pass, pods, active, writer, clock } = jobs();
    const made: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      for (let s = 0; s < 60 && active() === undefined; s += 1) await pass(1);
      made.push(clock.now());
      const pod = active();
      if (pod !== undefined) writer.finished(pod, 1);
    }
    const waits = made.slice(1).map((at, i) => Math.round((at - (made[i] ?? 0)) / 1000));
    expect(waits).toEqual([10, 20]);
    expect(pods()).toHaveLength(3);
  });

  it('fails after backoffLimit failures', async () => {
    const { pass, active, writer, job } = jobs({ backoffLimit: 0 });
    await pass(1);
    const pod = active();
    if (pod !== undefined) writer.finished(pod, 1);
    await pass(3);
    expect(job()?.status).toMatchObject({ failed: 1 });
    expect(job()?.status?.conditions?.at(-1)).toMatchObject({
      type: 'Failed',
      reason: 'BackoffLimitExceeded',
    });
  });

  it('is retried for free after an eviction, where its podFailurePolicy ignores DisruptionTarget', async () => {
    const podFailurePolicy = {
      rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
    };
    const { pass, active, writer, job } = jobs({ backoffLimit: 0, podFailurePolicy });
    await pass(1);
    const pod = active();
    if (pod === undefined) throw new Error('no pod');
    writer.condition(pod, 'DisruptionTarget', 'True', 'EvictionByEvictionAPI');
    writer.failed(pod, 'Evicted', '');
    await pass(30);
    expect(job()?.status?.failed ?? 0).toBe(0);
    expect(active()?.metadata.name).not.toBe(pod.metadata.name);
  });

  it('deletes itself when ttlSecondsAfterFinished is over', async () => {
    const { pass, active, writer, job } = jobs({ ttlSecondsAfterFinished: 60 });
    await pass(1);
    const pod = active();
    if (pod !== undefined) writer.finished(pod, 0);
    await pass(30);
    expect(job()).toBeDefined();
    await pass(60);
    expect(job()).toBeUndefined();
  });
});

describe('the CronJob controller', () => {
  const cron = {
    schedule: '* * * * *',
    jobTemplate: { spec: { template: { spec: { containers: [{ name: 'main' }] } } } },
  };
  const metadata = { name: 'report', namespace: 'apps' };

  it('makes one Job a minute, named by the minute', async () => {
    const bench = life();
    startCronJobs(bench);
    bench.door.create('cronjobs.batch', { apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec: cron });
    await bench.pass(150);
    expect(bench.door.all('jobs.batch').map((job) => job.metadata.name)).toEqual([
      'report-29538721',
      'report-29538722',
    ]);
    expect(bench.door.get('cronjobs.batch', 'apps', 'report')?.status?.active).toHaveLength(2);
  });

  it('makes no second Job where one of the name is there', async () => {
    const bench = life();
    bench.door.create('jobs.batch', {
      ...plainJob('x'),
      metadata: { name: 'report-29538721', namespace: 'apps' },
    });
    startCronJobs(bench);
    bench.door.create('cronjobs.batch', { apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec: cron });
    await bench.pass(70);
    expect(bench.door.all('jobs.batch')).toHaveLength(1);
    expect(bench.door.get('cronjobs.batch', 'apps', 'report')?.status?.active ?? []).toEqual([]);
  });
});
