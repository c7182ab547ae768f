import { expect } from 'vitest';
import { refusal } from '../behaviour.js';
import type { Area, Parsed } from '../behaviour.js';
import { cronJob, cronJobs, deployment, deployments, job, jobs } from '../objects.js';

export const workloads: Area = {
  area: 'workloads',
  behaviours: (it) => {
    it('a Job gets its defaults, and a selector and labels by its uid', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(jobs(ns), job('a'));
      const { uid } = body.metadata;
      expect(body.spec).toMatchObject({
        parallelism: 1,
        completions: 1,
        backoffLimit: 6,
        completionMode: 'NonIndexed',
        podReplacementPolicy: 'TerminatingOrFailed',
        manualSelector: false,
        selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      });
      expect(body.spec.template.metadata.labels).toEqual({
        'batch.kubernetes.io/controller-uid': uid,
        'batch.kubernetes.io/job-name': 'a',
        'controller-uid': uid,
        'job-name': 'a',
      });
      expect(body.metadata.generation).toBe(1);
    });

    it('the template of a Job that runs is immutable; a suspended one may change where its pods go', async (api) => {
      const ns = await api.namespace();
      await api.post(jobs(ns), job('runs', { suspend: false, parallelism: 0 }));
      await api.post(jobs(ns), job('waits'));
      const placement = [
        { op: 'add', path: '/spec/template/spec/tolerations', value: [{ key: 'vn', operator: 'Exists' }] },
        { op: 'add', path: '/spec/template/spec/nodeSelector', value: { type: 'virtual' } },
        { op: 'add', path: '/spec/template/metadata/annotations', value: { a: 'b' } },
      ];
      const runs = await api.patch('json', `${jobs(ns)}/runs`, placement);
      expect(refusal(runs)).toEqual([422, 'Invalid']);
      expect(runs.body.details.causes[0]).toMatchObject({
        field: 'spec.template',
        reason: 'FieldValueInvalid',
      });
      const waits = await api.patch('json', `${jobs(ns)}/waits`, placement);
      expect([waits.status, waits.body.spec.template.spec.nodeSelector]).toEqual([200, { type: 'virtual' }]);
      const image = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'other' }];
      expect(refusal(await api.patch('json', `${jobs(ns)}/waits`, image))).toEqual([422, 'Invalid']);
    });

    it('selector, completions, podFailurePolicy and completionMode of a Job are immutable; parallelism is not', async (api) => {
      const ns = await api.namespace();
      await api.post(jobs(ns), job('a'));
      for (const spec of [
        { selector: { matchLabels: { a: 'b' } } },
        { completions: 5 },
        { completionMode: 'Indexed' },
      ]) {
        expect(refusal(await api.patch('merge', `${jobs(ns)}/a`, { spec }))).toEqual([422, 'Invalid']);
      }
      expect((await api.patch('merge', `${jobs(ns)}/a`, { spec: { parallelism: 3 } })).status).toBe(200);
    });

    it('a podFailurePolicy needs restartPolicy Never and a complete rule; its condition status is True by default', async (api) => {
      const ns = await api.namespace();
      const rules = [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }];
      const { body } = await api.post(jobs(ns), job('a', { podFailurePolicy: { rules } }));
      expect(body.spec.podFailurePolicy.rules[0].onPodConditions).toEqual([
        { type: 'DisruptionTarget', status: 'True' },
      ]);
      expect(body.spec.podReplacementPolicy).toBe('Failed');
      const template = { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'a', image: 'b' }] } };
      const restarts = await api.post(jobs(ns), job('b', { podFailurePolicy: { rules }, template }));
      expect(refusal(restarts)).toEqual([422, 'Invalid']);
      expect(restarts.body.message).toContain('only "Never" is supported when podFailurePolicy is specified');
      const empty = await api.post(
        jobs(ns),
        job('c', { podFailurePolicy: { rules: [{ action: 'Ignore' }] } }),
      );
      expect(empty.body.message).toContain('specifying one of OnExitCodes and OnPodConditions is required');
    });

    it('a podFailurePolicy takes twenty rules, and not a Job that replaces its pods before they have failed', async (api) => {
      const ns = await api.namespace();
      const rule = { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] };
      const rules = (count: number) => ({ rules: Array.from({ length: count }, () => rule) });
      expect((await api.post(jobs(ns), job('a', { podFailurePolicy: rules(20) }))).status).toBe(201);
      const many = await api.post(jobs(ns), job('b', { podFailurePolicy: rules(21) }));
      expect(refusal(many)).toEqual([422, 'Invalid']);
      expect(many.body.message).toContain('podFailurePolicy.rules: Too many: 21: must have at most 20 items');
      const early = { podFailurePolicy: rules(1), podReplacementPolicy: 'TerminatingOrFailed' };
      const refused = await api.post(jobs(ns), job('c', early));
      expect(refused.body.message).toContain(
        'podReplacementPolicy: Unsupported value: "TerminatingOrFailed"',
      );
      const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } };
      const inCronJob = cronJob('d', { jobTemplate: { spec: { template, ...early } } });
      expect(refusal(await api.post(cronJobs(ns), inCronJob))).toEqual([422, 'Invalid']);
    });

    it('a CronJob has nothing filled into how its Jobs replace their pods', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(cronJobs(ns), cronJob('a'));
      expect(body.spec.jobTemplate.spec).not.toHaveProperty('podReplacementPolicy');
    });

    it('a Job needs restartPolicy OnFailure or Never', async (api) => {
      const ns = await api.namespace();
      const template = { spec: { containers: [{ name: 'a', image: 'b' }] } };
      const answer = await api.post(jobs(ns), job('a', { template }));
      expect(refusal(answer)).toEqual([422, 'Invalid']);
      expect(answer.body.details.causes[0]).toMatchObject({
        field: 'spec.template.spec.restartPolicy',
        message: 'Required value: valid values: "OnFailure", "Never"',
      });
    });

    it('a Job that is deleted without a policy orphans its pods and warns', async (api) => {
      const ns = await api.namespace();
      await api.post(jobs(ns), job('a'));
      const { headers, body } = await api.delete(`${jobs(ns)}/a`);
      expect(String(headers['warning'])).toContain(
        'child pods are preserved by default when jobs are deleted',
      );
      expect(body.metadata.finalizers).toContain('orphan');
    });

    it('a CronJob gets its defaults, its template those of a Pod but no tolerations', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(cronJobs(ns), cronJob('a', { suspend: undefined }));
      expect(body.spec).toMatchObject({
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
      });
      const { spec } = body.spec.jobTemplate;
      expect(spec.template.spec).toMatchObject({
        dnsPolicy: 'ClusterFirst',
        terminationGracePeriodSeconds: 30,
      });
      expect([spec.template.spec.tolerations, spec.parallelism, spec.selector]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    });

    it('a schedule, time zone or concurrency policy that makes no sense is refused with 422', async (api) => {
      const ns = await api.namespace();
      const cases: [string, string, object][] = [
        ['spec.schedule', 'expected exactly 5 fields, found 1: [x]', { schedule: 'x' }],
        ['spec.schedule', 'end of range (61) above maximum (59): 61', { schedule: '61 * * * *' }],
        [
          'spec.schedule',
          'cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
          { schedule: 'TZ=UTC 0 0 * * *' },
        ],
        ['spec.timeZone', 'unknown time zone Mars/Olympus', { timeZone: 'Mars/Olympus' }],
        [
          'spec.concurrencyPolicy',
          'supported values: "Allow", "Forbid", "Replace"',
          { concurrencyPolicy: 'Maybe' },
        ],
        [
          'spec.successfulJobsHistoryLimit',
          'must be greater than or equal to 0',
          { successfulJobsHistoryLimit: -1 },
        ],
      ];
      for (const [field, message, spec] of cases) {
        const answer = await api.post(cronJobs(ns), cronJob('a', spec));
        expect(refusal(answer)).toEqual([422, 'Invalid']);
        expect(answer.body.details.causes[0].field).toBe(field);
        expect(answer.body.details.causes[0].message).toContain(message);
      }
      for (const schedule of ['*/5 0-6,12 ? jan-mar MON', '@hourly', '@every 1h30m', '0 0 1-31/2 * 0']) {
        const answer = await api.post(
          `${cronJobs(ns)}?dryRun=All`,
          cronJob('a', { schedule, timeZone: 'Asia/Shanghai' }),
        );
        expect([schedule, answer.status]).toEqual([schedule, 201]);
      }
    });

    it("a CronJob's name has at most 52 characters", async (api) => {
      const ns = await api.namespace();
      expect((await api.post(`${cronJobs(ns)}?dryRun=All`, cronJob('a'.repeat(52)))).status).toBe(201);
      const answer = await api.post(cronJobs(ns), cronJob('a'.repeat(53)));
      expect(answer.body.message).toContain('must be no more than 52 characters');
    });

    it('a change of a CronJob counts its generation, a change of its labels or status does not', async (api) => {
      const ns = await api.namespace();
      await api.post(cronJobs(ns), cronJob('a'));
      const path = `${cronJobs(ns)}/a`;
      const template = { spec: { template: { spec: { tolerations: [{ operator: 'Exists' }] } } } };
      const changed = await api.patch('merge', path, { spec: { jobTemplate: template } });
      expect(changed.body.metadata.generation).toBe(2);
      await api.patch('merge', path, { metadata: { labels: { a: 'b' } } });
      const status = await api.patch('merge', `${path}/status`, {
        status: { lastScheduleTime: '2026-01-01T00:00:00Z' },
      });
      expect([status.body.metadata.generation, status.body.status.lastScheduleTime]).toEqual([
        2,
        '2026-01-01T00:00:00Z',
      ]);
    });

    it('a Deployment gets its defaults; its selector must match its template and never changes', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(
        deployments(ns),
        deployment('a', { replicas: undefined, paused: true }),
      );
      expect(body.spec).toMatchObject({
        replicas: 1,
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      });
      const labels = { app: 'other' };
      const moved = { spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } } };
      const immutable = await api.patch('merge', `${deployments(ns)}/a`, moved);
      expect(immutable.body.details.causes.map((cause: Parsed) => [cause.field, cause.message])).toEqual([
        ['spec.selector', 'Invalid value: {"matchLabels":{"app":"other"}}: field is immutable'],
      ]);
      const mismatch = await api.post(
        deployments(ns),
        deployment('b', { selector: { matchLabels: labels } }),
      );
      expect(mismatch.body.message).toContain(
        'spec.template.metadata.labels: Invalid value: {"app":"b"}: `selector` does not match template `labels`',
      );
    });
  },
};
