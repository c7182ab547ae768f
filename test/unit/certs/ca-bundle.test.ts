import { describe, expect, it } from 'vitest';
import { bundlePatch, ownEntries } from '../../../src/certs/ca-bundle.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const entry = (name: string, caBundle?: string) => ({
  name,
  clientConfig: {
    service: { namespace: 'n', name: 's' },
    ...(caBundle === undefined ? {} : { caBundle: base64(caBundle) }),
  },
});

describe('bundlePatch', () => {
  it('writes into our entries alone, by index, and only where they still stand there', () => {
    const webhooks = [
      entry('aks.azure.com', 'theirs'),
      entry('workloads.tidegate.io'),
      entry('bindings.tidegate.io', 'old'),
    ];
    expect(bundlePatch({ webhooks }, 'new')).toEqual([
      { op: 'test', path: '/webhooks/1/name', value: 'workloads.tidegate.io' },
      { op: 'add', path: '/webhooks/1/clientConfig/caBundle', value: base64('new') },
      { op: 'test', path: '/webhooks/2/name', value: 'bindings.tidegate.io' },
      { op: 'add', path: '/webhooks/2/clientConfig/caBundle', value: base64('new') },
    ]);
  });

  it('writes nothing where everything is as it is to be', () => {
    expect(bundlePatch({ webhooks: [entry('workloads.tidegate.io', 'new')] }, 'new')).toEqual([]);
  });

  it.each([{}, { webhooks: null }, { webhooks: ['text', {}] }])('finds nothing of ours in %j', (broken) => {
    expect(ownEntries(broken)).toEqual([]);
  });
});
