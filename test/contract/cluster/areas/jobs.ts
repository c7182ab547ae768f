import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { eventually } from '../behaviour.js';
import type { Api, Area, Parsed } from '../behaviour.js';
import { cronJob, cronJobs, job, jobs, pods } from '../objects.js';
import { newNode, ownedPods, type OwnedPods } from '../owned-pods.js';

/** A disruption is nobody's fault: such a failure is not counted. */
const ignoresDisruption = {
  rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
};

interface Run {
  readonly pods: OwnedPods;
  readonly pod: Parsed;
  readonly job: () => Promise<Parsed>;
}

/** A Job that may not fail once, and its pod: bound to a node where asked for. */
async function runOf(
  api: Api,
  { bound = true, spec = {} }: { readonly bound?: boolean; readonly spec?: object } = {},
): Promise<Run> {
  const namespace = await api.namespace();
  const template = {
    spec: { schedulerName: 'nobody', restartPolicy: 'Never', containers: [{ name: 'main', image: 'a' }] },
  };
  const made = await api.post(
    jobs(namespace),
    job('a', { suspend: false, backoffLimit: 0, template, ...spec }),
  );
  expect(made.status).toBe(201);
  const owned = ownedPods(api, namespace);
  const [pod] = await owned.count(1);
  if (bound) await owned.bind(pod, await newNode(api));
  return { pods: owned, pod, job: async () => (await api.get(`${jobs(namespace)}/a`)).body };
}

const conditionOf = (object: Parsed, type: string): Parsed =>
  (object.status?.conditions ?? []).find((one: Parsed) => one.type === type && one.status === 'True');

const failedFor = ({ job: read }: Run): Promise<string> =>
  eventually(
    'the Job has failed',
    async () => conditionOf(await read(), 'Failed')?.reason as string | undefined,
  );

/** Another pod than the first one. */
const replacement = ({ pods: owned, pod }: Run): Promise<Parsed> =>
  eventually('there is another pod', async () =>
    (await owned.all()).find(({ metadata }: Parsed) => metadata.uid !== pod.metadata.uid),
  );

const disrupted = {
  phase: 'Failed',
  conditions: [
    {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'OutOfStock',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ],
};

export const jobRetries: Area = {
  area: 'what spends the backoffLimit of a Job',
  behaviours: (it) => {
    it(
      'a pod that fails does, whatever its reason: ProviderFailed, OutOfcpu',
      async (api) => {
        for (const reason of ['ProviderFailed', 'OutOfcpu']) {
          const run = await runOf(api);
          await run.pods.report(run.pod, { phase: 'Failed', reason });
          expect(await failedFor(run)).toBe('BackoffLimitExceeded');
        }
      },
      'controllers',
    );

    it(
      'a pod that fails with DisruptionTarget does not where a podFailurePolicy ignores that, and another comes',
      async (api) => {
        const run = await runOf(api, { spec: { podFailurePolicy: ignoresDisruption } });
        await run.pods.report(run.pod, disrupted);
        const { metadata } = await replacement(run);
        expect(metadata.uid).not.toBe(run.pod.metadata.uid);
        const { status } = await run.job();
        expect([status.failed ?? 0, status.active]).toEqual([0, 1]);
      },
      'controllers',
    );

    it(
      'a pod that fails with DisruptionTarget does where no podFailurePolicy says otherwise',
      async (api) => {
        const run = await runOf(api);
        await run.pods.report(run.pod, disrupted);
        expect(await failedFor(run)).toBe('BackoffLimitExceeded');
      },
      'controllers',
    );

    it(
      'a pending pod that is deleted does',
      async (api) => {
        const run = await runOf(api, { bound: false });
        await api.delete(`${pods(run.pods.namespace)}/${String(run.pod.metadata.name)}`);
        expect(await failedFor(run)).toBe('BackoffLimitExceeded');
      },
      'controllers',
    );

    it(
      'a bound pod that is evicted stays where its kubelet does not answer, and is not replaced',
      async (api) => {
        const run = await runOf(api, { spec: { podFailurePolicy: ignoresDisruption } });
        const path = `${pods(run.pods.namespace)}/${String(run.pod.metadata.name)}`;
        const { status } = await api.post(`${path}/eviction`, {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name: run.pod.metadata.name },
        });
        expect(status).toBe(201);
        await sleep(3000);
        const all = await run.pods.all();
        expect(all.map(({ metadata }: Parsed) => metadata.uid)).toEqual([run.pod.metadata.uid]);
        expect(conditionOf(all[0], 'DisruptionTarget')?.reason).toBe('EvictionByEvictionAPI');
        expect(all[0].metadata.finalizers).toContain('batch.kubernetes.io/job-tracking');
      },
      'controllers',
    );

    it(
      'a pod that is told to have failed by DisruptionTarget and is deleted then makes room for another',
      async (api) => {
        const run = await runOf(api, { spec: { podFailurePolicy: ignoresDisruption } });
        await run.pods.report(run.pod, disrupted);
        await api.delete(`${pods(run.pods.namespace)}/${String(run.pod.metadata.name)}`);
        await replacement(run);
        expect((await run.job()).status.failed ?? 0).toBe(0);
      },
      'controllers',
    );

    it('pods are replaced only once they have failed where there is a podFailurePolicy', async (api) => {
      const run = await runOf(api, { spec: { podFailurePolicy: ignoresDisruption } });
      expect((await run.job()).spec.podReplacementPolicy).toBe('Failed');
    });
  },
};

export const cronJobNames: Area = {
  area: 'the Jobs of a CronJob',
  behaviours: (it) => {
    it(
      'are named by the minute that they are due, and a name that is taken is not run twice',
      async (api) => {
        const namespace = await api.namespace();
        const now = Math.floor(Date.now() / 60_000);
        for (const next of [now + 1, now + 2]) await api.post(jobs(namespace), job(`taken-${String(next)}`));
        for (const name of ['free', 'taken'])
          await api.post(cronJobs(namespace), cronJob(name, { suspend: false, schedule: '* * * * *' }));
        // The minute may be as long as it can.
        await sleep(60_000 - (Date.now() % 60_000) + 500);
        const due = Math.floor(Date.now() / 60_000);
        const owned = await eventually('a Job', async () => {
          const { items } = (await api.get(jobs(namespace))).body;
          const some = items.filter(({ metadata }: Parsed) => metadata.ownerReferences !== undefined);
          return some.length > 0 ? some : undefined;
        });
        expect(owned.map(({ metadata }: Parsed) => metadata.name)).toEqual([`free-${String(due)}`]);
        expect(owned[0].metadata.annotations['batch.kubernetes.io/cronjob-scheduled-timestamp']).toBe(
          `${new Date(due * 60_000).toISOString().slice(0, 19)}Z`,
        );
        const { items } = (await api.get(jobs(namespace))).body;
        expect(items).toHaveLength(3);
      },
      'controllers',
    );
  },
};
