import { describe, expect, it } from 'vitest';
import { rulesFor, webhookConfiguration } from '../../../src/webhook/configuration.js';

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
});
