import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import type { JsonObject } from '../../../src/objects/json.js';
import { readWorkload, stableName, templateOf, type WorkloadKind } from '../../../src/objects/workload.js';
import { cronJob, job, pod } from '../../support/build.js';
import { deepFreeze } from '../../support/freeze.js';

describe('readWorkload', () => {
  it('reads what a decision needs, and changes nothing', () => {
    const object = deepFreeze(
      cronJob({
        metadata: {
          labels: { app: 'a' },
          annotations: { note: 'b' },
          deletionTimestamp: '2026-01-01T00:00:00Z',
        },
        spec: { timeZone: 'Asia/Shanghai' },
      }),
    );
    expect(readWorkload('CronJob', object, 'elsewhere')).toMatchObject({
      kind: 'CronJob',
      namespace: 'elsewhere',
      name: 'report',
      generateName: '',
      labels: { app: 'a' },
      annotations: { note: 'b' },
      controllerName: undefined,
      timeZone: 'Asia/Shanghai',
      deleting: true,
    });
  });

  it('knows the owner that controls it, not the first one', () => {
    const owners = [
      { kind: 'ConfigMap', name: 'settings' },
      { kind: 'CronJob', name: 'nightly', controller: true },
    ];
    const read = readWorkload('Job', job({ metadata: { ownerReferences: owners } }), 'apps');
    expect(read).toMatchObject({ controllerName: 'nightly', controllerKind: 'CronJob' });
  });

  it('has no time zone but as a CronJob', () => {
    const template = { spec: { timeZone: 'Asia/Shanghai', template: { spec: {} } } };
    expect(readWorkload('Job', template, 'apps').timeZone).toBeUndefined();
  });

  it('counts a null deletionTimestamp as none', () => {
    expect(readWorkload('Pod', pod({ metadata: { deletionTimestamp: null } }), 'apps').deleting).toBe(false);
  });

  it.each<[string, WorkloadKind, JsonObject, string]>([
    ['no spec', 'Pod', {}, '/spec: expected an object, got none'],
    ['no job template', 'CronJob', { spec: {} }, '/spec/jobTemplate: expected an object, got none'],
    [
      'no pod spec',
      'CronJob',
      { spec: { jobTemplate: { spec: { template: {} } } } },
      '/spec/jobTemplate/spec/template/spec: expected an object, got none',
    ],
    [
      'a list for a template',
      'Job',
      { spec: { template: [] } },
      '/spec/template: expected an object, got array',
    ],
    ['a text for metadata', 'Pod', { metadata: 'a', spec: {} }, '/metadata: expected an object, got string'],
    [
      'a number as name',
      'Pod',
      { metadata: { name: 5 }, spec: {} },
      '/metadata/name: expected a string, got number',
    ],
    [
      'a list for labels',
      'Pod',
      { metadata: { labels: [] }, spec: {} },
      '/metadata/labels: expected an object, got array',
    ],
  ])('says what is wrong with %s', (_, kind, object, message) => {
    expect(() => readWorkload(kind, object, 'apps')).toThrow(new AppError('object-invalid', message));
  });
});

describe('templateOf', () => {
  it.each<[WorkloadKind, JsonObject]>([
    ['CronJob', cronJob()],
    ['Job', job()],
    ['Pod', pod()],
  ])('of a %s is where its containers are', (kind, object) => {
    expect(templateOf(kind, object)).toHaveProperty('spec.containers.0.name', 'app');
  });
});

describe('stableName', () => {
  it.each([
    [
      'the controlling owner',
      { controllerName: 'nightly', name: 'nightly-29000', generateName: '' },
      'nightly',
    ],
    ['else the name', { controllerName: undefined, name: 'report', generateName: 'rep-' }, 'report'],
    ['else generateName', { controllerName: undefined, name: '', generateName: 'rep-' }, 'rep-'],
  ])('is %s', (_, workload, name) => {
    expect(stableName(workload)).toBe(name);
  });
});
