import { expect } from 'vitest';
import { assess } from '../../../../src/controllers/adoption/decide.js';
import type { Observation } from '../../../../src/webhook/observe.js';
import { policy } from '../../../support/policy.js';
import { snapshot } from '../../../support/snapshot.js';
import { startMarkingOn } from '../../../support/tidegate.js';
import { eventually, unique } from '../behaviour.js';
import type { Api, Area, Parsed } from '../behaviour.js';
import { cronJob, cronJobs, job, jobs, pod, pods } from '../objects.js';
import { newNode, ownedPods, running, type OwnedPods } from '../owned-pods.js';

const wanted = policy('p', {
  match: { workloads: { kinds: ['CronJob', 'Job'] } },
  placement: { type: 'PreferVirtual', providers: [{ name: 'virtual-kubelet' }] },
  scheduling: { schedulerName: 'tidegate-scheduler' },
});
const placing = snapshot([wanted]);
const optedIn = { 'tidegate.io/virtual-nodes': 'enabled' };
const both = ['controllers', 'webhooks'] as const;

const ignores = { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] };
const exits = { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } };
const turnedAway = { phase: 'Failed', reason: 'OutOfcpu', message: 'Pod was rejected: Node has no room' };

interface Hooked {
  readonly namespace: string;
  readonly reviews: readonly Observation[];
}

/** Runs `act` in an opted-in namespace while the API server calls the webhook, with its entry for failing pods. */
async function hooked(api: Api, act: (hooked: Hooked) => Promise<void>): Promise<void> {
  const reviews: Observation[] = [];
  const host = api.cluster.webhookHost ?? '127.0.0.1';
  const remove = await startMarkingOn(api.cluster, () => placing, {
    name: unique('jobs'),
    host,
    observe: (observation) => reviews.push(observation),
  });
  const namespace = await api.namespace(optedIn);
  await eventually('the webhook to be called', async () => {
    const { body } = await api.post(`${jobs(namespace)}?dryRun=All`, job('canary'));
    return schedulerOf(body) === 'tidegate-scheduler' ? true : undefined;
  });
  await act({ namespace, reviews });
  await remove();
}

const schedulerOf = ({ spec }: Parsed): string | undefined => spec?.template.spec.schedulerName;

interface Run {
  readonly owned: OwnedPods;
  readonly pod: Parsed;
  readonly job: () => Promise<Parsed>;
}

/** A Job that may not fail once, and its pod, bound to a node. */
async function runOf(api: Api, namespace: string, spec: object = {}): Promise<Run> {
  const made = await api.post(jobs(namespace), job('a', { suspend: false, backoffLimit: 0, ...spec }));
  expect(made.status).toBe(201);
  const owned = ownedPods(api, namespace);
  const [first] = await owned.count(1);
  await owned.bind(first, await newNode(api));
  return { owned, pod: first, job: async () => (await api.get(`${jobs(namespace)}/a`)).body };
}

const podNow = async (api: Api, { owned, pod: { metadata } }: Run): Promise<Parsed> =>
  (await api.get(`${pods(owned.namespace)}/${String(metadata.name)}`)).body;

const conditionOf = ({ status }: Parsed, type: string): Parsed =>
  (status?.conditions ?? []).find((one: Parsed) => one.type === type);

const failedFor = ({ job: read }: Run): Promise<string> =>
  eventually(
    'the Job has failed',
    async () => conditionOf(await read(), 'Failed')?.reason as string | undefined,
  );

export const forgivenJobs: Area = {
  area: 'Jobs of our scheduler',
  behaviours: (it) => {
    it(
      'are taken with the rule that is put in, and with what the API server had filled in against it',
      async (api) => {
        await hooked(api, async ({ namespace }) => {
          const own = { podFailurePolicy: { rules: [exits] } };
          for (const [name, spec, rules] of [
            ['plain', {}, [ignores]],
            ['own', own, [exits, ignores]],
          ] as const) {
            const { status, body } = await api.post(jobs(namespace), job(name, spec));
            expect([status, body.message]).toEqual([201, undefined]);
            expect(body.spec).toMatchObject({
              podFailurePolicy: { rules },
              podReplacementPolicy: 'Failed',
              template: { spec: { schedulerName: 'tidegate-scheduler' } },
            });
          }
        });
      },
      'webhooks',
    );

    it(
      'come from CronJobs that are stored as they were placed, and give the rule back when they restart',
      async (api) => {
        await hooked(api, async ({ namespace }) => {
          expect((await api.post(cronJobs(namespace), cronJob('a'))).status).toBe(201);
          const { body } = await api.get(`${cronJobs(namespace)}/a`);
          expect(body.spec.jobTemplate.spec.podFailurePolicy).toEqual({ rules: [ignores] });
          const known = { ...placing, namespaceLabels: () => optedIn };
          const read = { ...body, apiVersion: 'batch/v1', kind: 'CronJob' };
          expect(assess('CronJob', read, known)).toMatchObject({ standing: 'as-wanted', operations: [] });

          const { status, body: restarts } = await api.patch('merge', `${cronJobs(namespace)}/a`, {
            spec: { jobTemplate: { spec: { template: { spec: { restartPolicy: 'OnFailure' } } } } },
          });
          expect([status, restarts.spec.jobTemplate.spec.podFailurePolicy]).toEqual([200, undefined]);
        });
      },
      'webhooks',
    );

    it(
      'go on where a node turns their pod away, though they may not fail once',
      async (api) => {
        await hooked(api, async ({ namespace }) => {
          const run = await runOf(api, namespace);
          await run.owned.report(run.pod, turnedAway);
          const failed = await podNow(api, run);
          expect(failed.status).toMatchObject(turnedAway);
          expect(conditionOf(failed, 'DisruptionTarget')).toMatchObject({
            status: 'True',
            reason: 'PlacementFailed',
            message: `node ${String(failed.spec.nodeName)} turned the pod away before it ran: OutOfcpu`,
          });
          await eventually('there is another pod', async () =>
            (await run.owned.all()).find(({ metadata }: Parsed) => metadata.uid !== run.pod.metadata.uid),
          );
          const { status } = await run.job();
          expect([status.failed ?? 0, status.active, status.conditions]).toEqual([0, 1, undefined]);
        });
      },
      both,
    );

    it(
      'fail at once by the same write where no webhook is called, podFailurePolicy or not',
      async (api) => {
        const template = {
          spec: {
            schedulerName: 'tidegate-scheduler',
            restartPolicy: 'Never',
            containers: [{ name: 'main', image: 'a' }],
          },
        };
        const podFailurePolicy = { rules: [ignores] };
        const run = await runOf(api, await api.namespace(), { podFailurePolicy, template });
        await run.owned.report(run.pod, turnedAway);
        expect(await failedFor(run)).toBe('BackoffLimitExceeded');
        expect(conditionOf(await podNow(api, run), 'DisruptionTarget')).toBeUndefined();
      },
      'controllers',
    );

    it(
      'fail where their pod had run, whatever its node says of it afterwards',
      async (api) => {
        await hooked(api, async ({ namespace }) => {
          const run = await runOf(api, namespace);
          await run.owned.report(run.pod, running(1));
          await run.owned.report(run.pod, turnedAway);
          expect(await failedFor(run)).toBe('BackoffLimitExceeded');
          expect(conditionOf(await podNow(api, run), 'DisruptionTarget')).toBeUndefined();
        });
      },
      both,
    );

    it(
      'are all that the webhook hears of the status of pods, and only as they fail so',
      async (api) => {
        await hooked(api, async ({ namespace, reviews }) => {
          const node = await newNode(api);
          const owned = ownedPods(api, namespace);
          const told = async (name: string, schedulerName: string, ...statuses: readonly object[]) => {
            const { body } = await api.post(pods(namespace), pod(name, { spec: { schedulerName } }));
            await owned.bind(body, node);
            for (const status of statuses) await owned.report(body, status);
          };
          await told('other', 'nobody', turnedAway);
          await told('runs', 'tidegate-scheduler', running(1), { phase: 'Succeeded' });
          await told('errs', 'tidegate-scheduler', { phase: 'Failed', reason: 'Error' }, { message: 'x' });
          await told('dies', 'tidegate-scheduler', { phase: 'Failed' });
          await told('away', 'tidegate-scheduler', { phase: 'Pending' }, turnedAway, { message: 'again' });
          const heard = reviews.filter(({ operation, kind }) => operation === 'UPDATE' && kind === 'Pod');
          expect(heard.map(({ name, reason }) => [name, reason])).toEqual([['away', 'turned-away']]);
        });
      },
      'webhooks',
    );
  },
};
