import { describe, expect, it } from 'vitest';
import { providerMarks } from '../../../../src/placement/aspects/provider-marks.js';
import { intentOf } from '../../../support/build.js';
import { on, wishesOf } from '../../../support/aspect.js';
import { policy } from '../../../support/policy.js';

const withOptions = (name: string, options: object, more: object = {}) => ({
  placement: { type: 'VirtualOnly', providers: [{ name, options }] },
  ...more,
});
const prefix = 'eks.tke.cloud.tencent.com';

describe('what a provider reads off the pod', () => {
  it.each<[string, Record<string, unknown>, object[]]>([
    ['nothing, where tolerations steer', on('VirtualOnly', 'kwok'), []],
    [
      'the label that steers',
      on('VirtualOnly', 'alibaba-acs'),
      [{ slot: 'label', key: 'alibabacloud.com/acs', value: 'true' }],
    ],
    [
      'the annotation that steers',
      on('VirtualOnly', 'volcengine-vci'),
      [{ slot: 'annotation', key: 'vke.volcengine.com/burst-to-vci', value: 'enforce' }],
    ],
    [
      'an option as a label',
      withOptions('aws-fargate', { profile: 'batch' }),
      [{ slot: 'label', key: 'eks.amazonaws.com/fargate-profile', value: 'batch' }],
    ],
    [
      "the preset's own annotation",
      on('VirtualOnly', 'tencent-supernode'),
      [{ slot: 'annotation', key: `${prefix}/host-timezone`, value: { from: 'time-zone' } }],
    ],
    [
      'an option in the place of it',
      withOptions('tencent-supernode', { timeZone: 'Asia/Tokyo', cpuTypes: ['amd', 'intel'], spot: true }),
      [
        { slot: 'annotation', key: `${prefix}/host-timezone`, value: 'Asia/Tokyo' },
        { slot: 'annotation', key: `${prefix}/cpu-type`, value: 'amd,intel' },
        { slot: 'annotation', key: `${prefix}/spot-pod`, value: 'true' },
      ],
    ],
  ])('is %s', (_, spec, wishes) => {
    expect(wishesOf(providerMarks, spec)).toEqual(wishes);
  });

  it('counts for more than a start-up knob with the same key', () => {
    const spec = withOptions(
      'tencent-supernode',
      { imageCacheId: 'imc-1' },
      { startup: { imageCache: true } },
    );
    expect(
      intentOf(policy('nightly', spec)).slots.annotation.filter(({ key }) => key.endsWith('use-image-cache')),
    ).toEqual([{ slot: 'annotation', key: `${prefix}/use-image-cache`, value: 'imc-1', aspect: 'provider' }]);
  });
});
