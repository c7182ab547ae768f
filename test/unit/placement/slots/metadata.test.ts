import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors.js';
import type { JsonObject } from '../../../../src/objects/json.js';
import type { Workload } from '../../../../src/objects/workload.js';
import type { Wish } from '../../../../src/placement/intent.js';
import { PatchBuilder, type Operation } from '../../../../src/placement/patch.js';
import { mergeMetadata } from '../../../../src/placement/slots/metadata.js';
import { deepFreeze } from '../../../support/freeze.js';
import { intentWith } from '../../../support/intent.js';
import { workload } from '../../../support/workload.js';

const mark: Wish = { slot: 'annotation', key: 'k8s.aliyun.com/eci-auto-imc', value: 'true' };
const label: Wish = { slot: 'label', key: 'alibabacloud.com/acs', value: 'true' };

function merge(metadata: unknown, wishes: readonly Wish[], about: Partial<Workload> = {}) {
  const patch = new PatchBuilder();
  const template = deepFreeze(metadata === undefined ? {} : { metadata }) as JsonObject;
  const place = { pointer: '/t', named: '' };
  const outcomes = mergeMetadata(template, place, intentWith(wishes, 'provider'), workload(about), patch);
  return {
    outcomes,
    results: outcomes.map(({ result }) => result),
    operations: patch.operations,
    steps: patch.steps,
  };
}

const add = (path: string, value: unknown): Operation => ({ op: 'add', path, value: value as string });

describe('an annotation or a label', () => {
  it.each<[string, unknown, Operation[]]>([
    [
      'makes metadata and its map',
      undefined,
      [
        add('/t/metadata', {}),
        add('/t/metadata/annotations', {}),
        add('/t/metadata/annotations/k8s.aliyun.com~1eci-auto-imc', 'true'),
      ],
    ],
    [
      'makes them where they are null',
      null,
      [
        add('/t/metadata', {}),
        add('/t/metadata/annotations', {}),
        add('/t/metadata/annotations/k8s.aliyun.com~1eci-auto-imc', 'true'),
      ],
    ],
    [
      'makes the map where it is null',
      { annotations: null },
      [
        add('/t/metadata/annotations', {}),
        add('/t/metadata/annotations/k8s.aliyun.com~1eci-auto-imc', 'true'),
      ],
    ],
    [
      'goes beside others',
      { annotations: { a: 'b' } },
      [add('/t/metadata/annotations/k8s.aliyun.com~1eci-auto-imc', 'true')],
    ],
  ])('%s', (_, metadata, operations) => {
    const merged = merge(metadata, [mark]);
    expect(merged.operations).toEqual(operations);
    expect(merged.results).toEqual(['added']);
  });

  it('makes each map once', () => {
    const second: Wish = { slot: 'annotation', key: 'b', value: '' };
    const { operations } = merge(undefined, [label, mark, second]);
    expect(operations.map(({ path }) => path)).toEqual([
      '/t/metadata',
      '/t/metadata/labels',
      '/t/metadata/labels/alibabacloud.com~1acs',
      '/t/metadata/annotations',
      '/t/metadata/annotations/k8s.aliyun.com~1eci-auto-imc',
      '/t/metadata/annotations/b',
    ]);
  });

  it.each([
    ['user-wins', 'false'],
    ['user-wins', ''],
    ['user-wins', null],
    ['already-there', 'true'],
  ])('is %s where it is %j', (result, there) => {
    const labels = { 'alibabacloud.com/acs': there };
    expect(merge({ labels }, [label])).toMatchObject({ results: [result], operations: [] });
  });

  it('is not mistaken for a name that objects inherit', () => {
    const wish: Wish = { slot: 'label', key: 'constructor', value: 'a' };
    expect(merge({ labels: {} }, [wish]).results).toEqual(['added']);
  });

  it.each([
    ['labels that are a list', { labels: [] }, '/t/metadata/labels: expected an object, got array'],
    ['a label that is a number', { labels: { a: 1 } }, '/t/metadata/labels/a: expected a string, got number'],
    ['metadata that is a text', 'a', '/t/metadata: expected an object, got string'],
  ])('says where it found %s', (_, metadata, message) => {
    expect(() => merge(metadata, [label])).toThrow(new AppError('object-invalid', message));
  });
});

describe('a value that is known only with the workload', () => {
  const zone: Wish = {
    slot: 'annotation',
    key: 'eks.tke.cloud.tencent.com/host-timezone',
    value: { from: 'time-zone' },
  };
  const reuse: Wish = {
    slot: 'annotation',
    key: 'eks.tke.cloud.tencent.com/cbs-reuse-key',
    value: { from: 'workload' },
  };

  it('is the time zone of the CronJob', () => {
    expect(merge({ annotations: {} }, [zone], { timeZone: 'Asia/Shanghai' }).operations).toEqual([
      add('/t/metadata/annotations/eks.tke.cloud.tencent.com~1host-timezone', 'Asia/Shanghai'),
    ]);
  });

  it('is left out where the workload has no time zone, and says so', () => {
    expect(merge(undefined, [zone])).toMatchObject({
      operations: [],
      outcomes: [{ result: 'not-offered', why: 'the workload has no time zone to take' }],
    });
  });

  it.each<[string, Partial<Workload>, string]>([
    ['a CronJob', { name: 'report' }, 'apps/report'],
    ['a run of it', { kind: 'Job', name: 'report-29000', controllerName: 'report' }, 'apps/report'],
    ['a Job with a generated name', { kind: 'Job', name: '', generateName: 'report-' }, 'apps/report-'],
  ])('is the same for every run of %s', (_, about, value) => {
    const { operations } = merge({ annotations: {} }, [reuse], about);
    expect(operations).toEqual([
      add('/t/metadata/annotations/eks.tke.cloud.tencent.com~1cbs-reuse-key', value),
    ]);
  });
});
