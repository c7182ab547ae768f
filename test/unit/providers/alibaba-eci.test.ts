import { describe, expect, it } from 'vitest';
import { alibabaEci } from '../../../src/providers/alibaba-eci.js';

const { sls } = alibabaEci.logs;
const wish = (policy: string) => ({
  policy,
  sources: ['stdout'],
  destination: { project: 'apps', logstore: 'cronjobs' },
});

describe('alibaba-eci logs', () => {
  it('mark the containers with the name of the policy', () => {
    expect(sls.env(wish('nightly'))).toEqual([{ name: 'TIDEGATE_LOG_CONFIG', value: 'nightly' }]);
  });

  it('need one log CR that selects by that mark', () => {
    expect(sls.resource.make(wish('nightly'))).toEqual({
      apiVersion: 'log.alibabacloud.com/v1alpha1',
      kind: 'AliyunLogConfig',
      metadata: { name: 'tidegate-nightly' },
      spec: {
        project: 'apps',
        logstore: 'cronjobs',
        logtailConfig: {
          inputType: 'plugin',
          configName: 'tidegate-nightly',
          inputDetail: {
            plugin: {
              inputs: [
                {
                  type: 'service_docker_stdout',
                  detail: {
                    Stdout: true,
                    Stderr: true,
                    IncludeEnv: { TIDEGATE_LOG_CONFIG: 'nightly' },
                  },
                },
              ],
            },
          },
        },
      },
    });
  });

  it.each([
    ['of a plain name', 'nightly-jobs', /^tidegate-nightly-jobs$/],
    ['of a name with dots', 'team.nightly', /^tidegate-team-nightly-[0-9a-f]{8}$/],
    ['of the longest name that fits', 'n'.repeat(119), /^tidegate-n{119}$/],
    ['of a longer name', 'n'.repeat(120), /^tidegate-n{110}-[0-9a-f]{8}$/],
  ])('name the CR %s as Logtail allows', (_, policy, name) => {
    const { metadata, spec } = sls.resource.make(wish(policy));
    expect(metadata.name).toMatch(name);
    expect(metadata.name).toMatch(/^[a-z0-9][a-z0-9-]{0,126}[a-z0-9]$/);
    expect(spec.logtailConfig.configName).toBe(metadata.name);
  });

  it.each([
    ['nothing yet', {}, undefined],
    ['a code of none', { statusCode: 0, status: '' }, undefined],
    [
      'that it is applied',
      { statusCode: 200, status: 'OK' },
      { applied: true, message: 'status code 200, OK' },
    ],
    ['why it is not', { statusCode: 403, status: 'no' }, { applied: false, message: 'status code 403, no' }],
    ['a code alone', { statusCode: 500 }, { applied: false, message: 'status code 500' }],
  ])('hear from the CR %s', (_, status, answer) => {
    expect(sls.resource.answer(status)).toEqual(answer);
  });
});
