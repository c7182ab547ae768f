import { describe, expect, it } from 'vitest';
import { judgeLease, judgeMissingScheduler, leaders } from '../../../../src/doctor/checks/leaders.js';
import { judgePods } from '../../../../src/doctor/checks/webhook-pods.js';
import type { KubeObject } from '../../../../src/kube/object.js';
import { policy } from '../../../support/policy.js';
import { examination, names, object, said } from '../../../support/doctor.js';

const slice = (ready: readonly (boolean | undefined)[], addressType = 'IPv4') =>
  object({
    metadata: {},
    addressType,
    endpoints: ready.map((is, i) => ({ addresses: [`10.0.0.${i}`], conditions: { ready: is } })),
  });

describe('webhook-pods', () => {
  it.each([
    ['all are ready', [slice([true, true])], 'ok: 2 pods of tidegate-webhook are ready'],
    ['they are in two slices', [slice([true]), slice([true])], 'ok: 2 pods of tidegate-webhook are ready'],
    ['nothing is said of one', [slice([undefined, true])], 'ok: 2 pods of tidegate-webhook are ready'],
    ['one is not', [slice([true, false])], 'warning: 1 of 2 pods of tidegate-webhook are ready'],
    [
      'the same one has two families',
      [slice([true]), slice([true], 'IPv6')],
      'warning: 1 of 2 pods of tidegate-webhook are ready',
    ],
    [
      'none is',
      [slice([false, false])],
      'fault: no pod of tidegate-webhook is ready: every write passes unchanged',
    ],
    ['there is no slice', [], 'fault: no pod of tidegate-webhook is ready: every write passes unchanged'],
  ])('are counted where %s', (_, slices, reason) => {
    expect(said([judgePods(slices, 2, names)])).toEqual([reason]);
  });
});

const now = Date.UTC(2026, 0, 1, 12);
const lease = (holderIdentity: string, renewedAgoMs: number) =>
  object({
    metadata: {},
    spec: {
      holderIdentity,
      leaseDurationSeconds: 15,
      renewTime: new Date(now - renewedAgoMs).toISOString(),
    },
  });

const component = { name: 'tidegate-controllers', lease: 'x', unattended: 'nothing is done' };

describe('leaders', () => {
  it.each([
    ['who renews', lease('a', 1000), undefined, 'ok: a leads of tidegate-controllers'],
    [
      'whose clock is a minute behind',
      lease('a', 60_000),
      lease('a', 50_000),
      'ok: a leads of tidegate-controllers',
    ],
    [
      'who has not renewed',
      lease('a', 60_000),
      lease('a', 60_000),
      'fault: nobody leads of tidegate-controllers since 2026-01-01T11:59:00.000Z: nothing is done',
    ],
    [
      'who gave it back',
      lease('', 0),
      undefined,
      'fault: nobody leads of tidegate-controllers: nothing is done',
    ],
    ['who never was', undefined, undefined, 'fault: nobody leads of tidegate-controllers: nothing is done'],
  ])('are judged by one %s', (_, first, later, reason) => {
    expect(said([judgeLease(first, later, { component, names, now })])).toEqual([reason]);
  });

  it('are looked at again, as long later as a leader may take, where the time looks old', async () => {
    const slept: number[] = [];
    const found = await leaders.run({
      ...examination,
      now,
      sleep: (ms) => {
        slept.push(ms);
        return Promise.resolve();
      },
      read: {
        ...examination.read,
        get: ({ kind }, { name }): Promise<KubeObject | undefined> => {
          if (name?.endsWith('-scheduler') === true) return Promise.resolve(undefined);
          return Promise.resolve(kind === 'Lease' ? lease('a', 60_000) : object({ metadata: {} }));
        },
        client: { ...examination.read.client, get: () => Promise.resolve(lease('a', 55_000)) },
      },
    });
    expect([slept, said(found)]).toEqual([[15_000], ['ok: a leads of tidegate-controllers']]);
  });

  it('are looked for in the scheduler too, where there is one', async () => {
    const found = await leaders.run({
      ...examination,
      now,
      read: {
        ...examination.read,
        get: ({ kind }, { name }) => {
          if (kind !== 'Lease') return Promise.resolve(object({ metadata: {} }));
          return Promise.resolve(name === 'tidegate-scheduler' ? lease('', 0) : lease('a', 0));
        },
      },
    });
    expect(said(found)).toEqual([
      'ok: a leads of tidegate-controllers',
      'fault: nobody leads of tidegate-scheduler: pods of tidegate-scheduler stay pending',
    ]);
  });

  it('are missed where a policy asks for a scheduler that there is not', () => {
    const own = policy('night', { scheduling: { schedulerName: 'tidegate-scheduler' } });
    const other = policy('day', { scheduling: { schedulerName: 'another' } });
    expect(judgeMissingScheduler([other], names)).toBeUndefined();
    const found = judgeMissingScheduler([own, other], names);
    expect(found?.reason).toBe(
      'policy night asks for tidegate-scheduler, and there is no Deployment tidegate-scheduler: such pods stay pending',
    );
    expect(found?.remedy).toMatch(/--set scheduler\.enabled=true$/);
  });

  it('are skipped where the chart was told to have none', async () => {
    expect(said(await leaders.run(examination))).toEqual([
      'skipped: there is no Deployment tidegate-controllers',
    ]);
  });
});
