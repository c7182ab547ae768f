import { describe, expect, it } from 'vitest';
import { firstWriter, logs } from '../../../../src/placement/aspects/logs.js';
import { provider } from '../../../support/build.js';
import { on, wishesOf } from '../../../support/aspect.js';
import { policy } from '../../../support/policy.js';

const kafka = { kafka: { brokers: ['kafka:9092', 'kafka:9093'], topic: 'app-logs' } };
const sls = { sls: { project: 'apps', logstore: 'cronjobs' } };
const cls = { cls: { logset: 'apps', topic: 'cronjobs' } };
const env = (name: string, value: string) => ({ slot: 'env', value: { name, value }, override: false });

describe('logs', () => {
  it('are not asked for where the policy does not', () => {
    expect(wishesOf(logs, on('VirtualOnly', 'tencent-supernode'))).toEqual([]);
  });

  it('go to the first destination that the provider can write to', () => {
    const spec = { ...on('VirtualOnly', 'tencent-supernode'), logs: { destinations: [sls, kafka, cls] } };
    expect(wishesOf(logs, spec)).toEqual([
      env('EKS_LOGS_OUTPUT_TYPE', 'kafka'),
      env('EKS_LOGS_LOG_PATHS', 'stdout'),
      env('EKS_LOGS_KAFKA_BROKERS', 'kafka:9092,kafka:9093'),
      env('EKS_LOGS_KAFKA_TOPIC', 'app-logs'),
    ]);
  });

  it('say of each provider what it cannot do', () => {
    const spec = {
      ...on('VirtualOnly', 'alibaba-eci', 'kwok'),
      logs: { sources: ['stdout', '/var/log/*.log'], destinations: [sls] },
    };
    const wishes = wishesOf(logs, spec);
    expect(wishes.map(({ slot }) => slot)).toEqual(['env', 'notOffered', 'notOffered']);
    expect(wishes.slice(1)).toEqual([
      {
        slot: 'notOffered',
        item: 'log source /var/log/*.log of alibaba-eci',
        because: 'log-source-not-offered',
      },
      { slot: 'notOffered', item: 'logs of kwok', because: 'log-destination-not-offered' },
    ]);
  });

  it('are not offered where no source can be read', () => {
    const spec = { ...on('VirtualOnly', 'alibaba-eci'), logs: { sources: ['/a.log'], destinations: [sls] } };
    expect(wishesOf(logs, spec)).toEqual([
      { slot: 'notOffered', item: 'logs of alibaba-eci', because: 'log-destination-not-offered' },
    ]);
  });
});

describe('firstWriter', () => {
  const logged = policy('nightly', {
    ...on('VirtualOnly', 'alibaba-eci'),
    logs: { destinations: [cls, sls] },
  });

  it('has the log CR of the destination', () => {
    expect(firstWriter(logged, provider('alibaba-eci'))?.resource).toMatchObject({
      type: { kind: 'AliyunLogConfig' },
      manifest: { kind: 'AliyunLogConfig', metadata: { name: 'tidegate-nightly' } },
    });
  });

  it('is none where nothing is written', () => {
    expect(firstWriter(logged, provider('kwok'))).toBeUndefined();
    expect(firstWriter(policy('plain'), provider('alibaba-eci'))).toBeUndefined();
  });
});
