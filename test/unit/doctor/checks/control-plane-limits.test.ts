import { describe, expect, it } from 'vitest';
import { controlPlaneLimits } from '../../../../src/doctor/checks/control-plane-limits.js';
import { examination, object, said } from '../../../support/doctor.js';

/** As kubeadm lays a static pod. */
const staticPod = (component: string, ...command: readonly string[]) =>
  object({
    metadata: { name: `${component}-a`, labels: { component, tier: 'control-plane' } },
    spec: { containers: [{ command: [component, ...command] }] },
  });

const tell = async (...pods: readonly ReturnType<typeof object>[]) =>
  said(
    await controlPlaneLimits.run({
      ...examination,
      read: {
        ...examination.read,
        list: (_, query) => {
          expect(query).toEqual({ namespace: 'kube-system', labelSelector: 'tier=control-plane' });
          return Promise.resolve(pods);
        },
      },
    }),
  );

describe('control-plane-limits', () => {
  it('says what the defaults mean', async () => {
    expect(await tell(staticPod('kube-controller-manager'), staticPod('kube-scheduler'))).toEqual([
      'ok: kube-controller-manager: 20 requests a second, burst 30; 5000 CronJobs at once take it CronJob controller 8 to 12 min, Job controller 8 to 12 min',
      'ok: kube-scheduler: 50 requests a second, burst 100; 5000 CronJobs at once take it kube-scheduler 98 s',
    ]);
  });

  it('reads the flags, and knows where a file may say otherwise', async () => {
    const found = await tell(
      staticPod('kube-controller-manager', '--kube-api-qps=200', '--kube-api-burst=300', '--v=2'),
      staticPod('kube-scheduler', '--config=/etc/scheduler.yaml'),
    );
    expect(found).toEqual([
      'ok: kube-controller-manager: 200 requests a second, burst 300; 5000 CronJobs at once take it CronJob controller 49 to 74 s, Job controller 49 to 74 s',
      'ok: kube-scheduler: 50 requests a second, burst 100, unless its configuration file says otherwise; 5000 CronJobs at once take it kube-scheduler 98 s',
    ]);
  });

  it('does not believe a rate that is none', async () => {
    const [found] = await tell(
      staticPod('kube-controller-manager', '--kube-api-qps=-1', '--kube-api-burst=x'),
    );
    expect(found).toContain('20 requests a second, burst 30');
  });

  it('is skipped where the control plane is managed, and says so', async () => {
    expect(await tell()).toEqual([
      'skipped: kube-controller-manager is not to be seen in kube-system: a managed control plane, whose limits its provider sets',
      'skipped: kube-scheduler is not to be seen in kube-system: a managed control plane, whose limits its provider sets',
    ]);
  });
});
