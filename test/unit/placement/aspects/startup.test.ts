import { describe, expect, it } from 'vitest';
import { startup } from '../../../../src/placement/aspects/startup.js';
import { on, wishesOf } from '../../../support/aspect.js';

const prefix = 'eks.tke.cloud.tencent.com';

describe('start-up knobs', () => {
  it('ask for nothing where the policy does not', () => {
    expect(wishesOf(startup, on('VirtualOnly', 'tencent-supernode'))).toEqual([]);
    expect(wishesOf(startup, { ...on('VirtualOnly', 'tencent-supernode'), startup: {} })).toEqual([]);
  });

  it('are annotations of the provider, keyed by what stays the same over the runs', () => {
    const spec = {
      ...on('VirtualOnly', 'tencent-supernode'),
      startup: { imageCache: true, reuseSandbox: true },
    };
    expect(wishesOf(startup, spec)).toEqual([
      { slot: 'annotation', key: `${prefix}/use-image-cache`, value: 'auto' },
      { slot: 'annotation', key: `${prefix}/cbs-reuse-key`, value: { from: 'workload' } },
    ]);
  });

  it('say which provider has none, and do the rest', () => {
    const spec = {
      ...on('VirtualOnly', 'kwok', 'alibaba-eci'),
      startup: { imageCache: true, reuseSandbox: true },
    };
    expect(wishesOf(startup, spec)).toEqual([
      { slot: 'notOffered', item: 'imageCache of kwok', because: 'image-cache-not-offered' },
      { slot: 'annotation', key: 'k8s.aliyun.com/eci-auto-imc', value: 'true' },
      { slot: 'notOffered', item: 'reuseSandbox of kwok', because: 'reuse-sandbox-not-offered' },
      { slot: 'notOffered', item: 'reuseSandbox of alibaba-eci', because: 'reuse-sandbox-not-offered' },
    ]);
  });
});
