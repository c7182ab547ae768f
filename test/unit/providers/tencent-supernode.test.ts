import { describe, expect, it } from 'vitest';
import { tencentSupernode } from '../../../src/providers/tencent-supernode.js';

const { logs } = tencentSupernode;
const wish = { policy: 'nightly', sources: ['stdout', '/var/log/app*.log'] };

describe('tencent-supernode logs', () => {
  it('go straight to Kafka', () => {
    const destination = { brokers: ['10.0.0.1:9092', '10.0.0.2:9092'], topic: 'app-logs' };
    expect(logs.kafka.env({ ...wish, destination })).toEqual([
      { name: 'EKS_LOGS_OUTPUT_TYPE', value: 'kafka' },
      { name: 'EKS_LOGS_LOG_PATHS', value: 'stdout,/var/log/app*.log' },
      { name: 'EKS_LOGS_KAFKA_BROKERS', value: '10.0.0.1:9092,10.0.0.2:9092' },
      { name: 'EKS_LOGS_KAFKA_TOPIC', value: 'app-logs' },
    ]);
  });

  it('go to CLS by the name of the logset and the ID of the topic', () => {
    const destination = { logset: 'apps', topic: '617c8270-e8c8-46e2-a90b-d94c4bebe519' };
    expect(logs.cls.env({ ...wish, destination })).toEqual([
      { name: 'EKS_LOGS_OUTPUT_TYPE', value: 'cls' },
      { name: 'EKS_LOGS_LOG_PATHS', value: 'stdout,/var/log/app*.log' },
      { name: 'EKS_LOGS_LOGSET_NAME', value: 'apps' },
      { name: 'EKS_LOGS_TOPIC_ID', value: '617c8270-e8c8-46e2-a90b-d94c4bebe519' },
    ]);
  });
});
