import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/objects/json.js';
import { compileConditions } from '../../../src/sim/admission/webhooks/conditions.js';
import { rulesFor, turnedAway, webhookConfiguration } from '../../../src/webhook/configuration.js';

describe('rulesFor', () => {
  it('asks for the creation of workloads, and for the update of CronJobs alone', () => {
    expect(rulesFor('template').map(({ resources, operations }) => [resources, operations])).toEqual([
      [['cronjobs'], ['CREATE', 'UPDATE']],
      [['jobs'], ['CREATE']],
      [['pods'], ['CREATE']],
    ]);
  });

  it('asks for Bindings as a subresource of pods', () => {
    expect(rulesFor('binding')).toEqual([
      {
        apiGroups: [''],
        apiVersions: ['v1'],
        resources: ['pods/binding'],
        operations: ['CREATE'],
        scope: 'Namespaced',
      },
    ]);
  });
});

describe('webhookConfiguration', () => {
  const configuration = webhookConfiguration({
    name: 'tidegate',
    url: 'https://127.0.0.1:8443',
    caBundle: 'PEM',
  });

  it('can never be in the way of a write, and is called in opted-in namespaces only', () => {
    const safe = {
      failurePolicy: 'Ignore',
      sideEffects: 'None',
      timeoutSeconds: 2,
      namespaceSelector: { matchLabels: { 'tidegate.io/virtual-nodes': 'enabled' } },
    };
    expect(configuration).toMatchObject({ webhooks: [safe, safe] });
  });

  it('names each path and carries the authority as base64', () => {
    expect(configuration).toMatchObject({
      webhooks: [
        { clientConfig: { url: 'https://127.0.0.1:8443/mutate', caBundle: 'UEVN' } },
        { clientConfig: { url: 'https://127.0.0.1:8443/mutate/binding' } },
      ],
    });
  });

  it('asks about failing pods only where the scheduler runs, and leaves out what is no news', () => {
    const webhooks = (scheduler?: boolean) =>
      webhookConfiguration({
        name: 'tidegate',
        url: 'https://a',
        caBundle: 'PEM',
        ...(scheduler === undefined ? {} : { scheduler }),
      })['webhooks'] as JsonObject[];
    expect([webhooks().length, webhooks(false).length]).toEqual([2, 2]);
    expect(webhooks(true)[2]).toMatchObject({
      name: 'pod-status.tidegate.io',
      clientConfig: { url: 'https://a/mutate/pod-status' },
      failurePolicy: 'Ignore',
      rules: [{ apiGroups: [''], resources: ['pods/status'], operations: ['UPDATE'] }],
      matchConditions: turnedAway,
    });
  });
});

describe('turnedAway', () => {
  const conditions = compileConditions(turnedAway);
  const pod = (status: object, schedulerName = 'tidegate-scheduler') => ({ spec: { schedulerName }, status });
  const rejected = pod({ phase: 'Failed', reason: 'OutOfcpu' });
  const pending = pod({ phase: 'Pending' });

  it.each<[string, object, object, string[]]>([
    ['lets through what fails now by a rejection', rejected, pending, []],
    ['lets through what had no status', rejected, pod({}), []],
    ['leaves out other schedulers', pod(rejected.status, 'default-scheduler'), pending, ['own-scheduler']],
    ['leaves out what had failed', rejected, rejected, ['fails-now']],
    ['leaves out what runs', pod({ phase: 'Running' }), pending, ['fails-now', 'turned-away']],
    ['leaves out what has no status yet', pod({}), pending, ['fails-now', 'turned-away']],
    ['leaves out other failures', pod({ phase: 'Failed', reason: 'Error' }), pending, ['turned-away']],
    ['leaves out failures without a reason', pod({ phase: 'Failed' }), pending, ['turned-away']],
  ])('%s', (_, object, oldObject, against) => {
    const variables = { object, oldObject, request: {} };
    const failed = conditions.filter(({ holds }) => !holds(variables)).map(({ name }) => name);
    expect(failed).toEqual(against);
  });
});
