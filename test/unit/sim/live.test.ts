import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answered } from '../../support/eventually.js';
import { testBox, type TestBox } from '../../support/box.js';

let box: TestBox;
beforeAll(async () => {
  box = await testBox();
  const start = { coldStart: '20ms', warmStart: '20ms' };
  box.live(
    [
      { name: 'virtual', provider: 'alibaba-eci', ...start },
      { name: 'ordinary', ...start },
    ],
    { jobMs: 20 },
  );
});
afterAll(() => box.close());

const template = (spec: object) => ({
  metadata: { labels: { app: 'a' } },
  spec: { containers: [{ name: 'main', image: 'a:1' }], ...spec },
});
const toVirtual = {
  tolerations: [{ operator: 'Exists' }],
  nodeSelector: { type: 'virtual-kubelet' },
};

describe('a box with life in it', () => {
  it('brings a Job to its end on the node that it wants', async () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'once' },
      spec: { template: template({ restartPolicy: 'Never', ...toVirtual }) },
    };
    await box.send('POST', '/apis/batch/v1/namespaces/default/jobs', job);
    const done = await answered(
      () => box.send('GET', '/apis/batch/v1/namespaces/default/jobs/once'),
      ({ body }) => body.status?.succeeded === 1,
    );
    expect(JSON.stringify(done.body.status.conditions)).toContain('"type":"Complete","status":"True"');
    const pods = await box.send('GET', '/api/v1/namespaces/default/pods?labelSelector=app%3Da');
    expect(pods.body.items).toMatchObject([{ spec: { nodeName: 'virtual' } }]);
  });

  it('rolls a Deployment out, and tells that it has seen it', async () => {
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 2, selector: { matchLabels: { app: 'a' } }, template: template({}) },
    };
    await box.send('POST', '/apis/apps/v1/namespaces/default/deployments', deployment);
    const done = await answered(
      () => box.send('GET', '/apis/apps/v1/namespaces/default/deployments/web'),
      ({ body }) => body.status?.availableReplicas === 2,
    );
    expect(done.body.status).toMatchObject({ observedGeneration: 1, replicas: 2, updatedReplicas: 2 });
  });
});
