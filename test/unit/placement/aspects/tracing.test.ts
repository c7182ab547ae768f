import { describe, expect, it } from 'vitest';
import { tracing } from '../../../../src/placement/aspects/tracing.js';
import { wishesOf } from '../../../support/aspect.js';

describe('tracing', () => {
  it('is not asked for where the policy does not', () => {
    expect(wishesOf(tracing)).toEqual([]);
    expect(wishesOf(tracing, { tracing: {} })).toEqual([]);
  });

  it('by Jaeger needs the collector and the sampler, and no agent', () => {
    const jaeger = {
      collectorEndpoint: 'http://jaeger:14268/api/traces',
      samplingEndpoint: 'http://jaeger:5778/sampling',
    };
    expect(wishesOf(tracing, { tracing: { jaeger } })).toEqual([
      {
        slot: 'env',
        value: { name: 'JAEGER_ENDPOINT', value: 'http://jaeger:14268/api/traces' },
        override: false,
      },
      {
        slot: 'env',
        value: { name: 'JAEGER_SAMPLING_ENDPOINT', value: 'http://jaeger:5778/sampling' },
        override: false,
      },
      {
        slot: 'agentEnv',
        names: [
          'JAEGER_AGENT_HOST',
          'JAEGER_REPORTER_AGENT_HOST',
          'JAEGER_ENDPOINT',
          'JAEGER_SAMPLING_ENDPOINT',
          'JAEGER_SAMPLER_MANAGER_HOST_PORT',
          'OTEL_EXPORTER_JAEGER_AGENT_HOST',
        ],
      },
    ]);
  });

  it('by OTLP says the protocol with the endpoint', () => {
    expect(
      wishesOf(tracing, { tracing: { otlp: { endpoint: 'http://otel:4317', protocol: 'grpc' } } }),
    ).toEqual([
      {
        slot: 'env',
        value: { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://otel:4317' },
        override: false,
        yieldsTo: ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
      },
      {
        slot: 'env',
        value: { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', value: 'grpc' },
        override: false,
        follows: 'OTEL_EXPORTER_OTLP_ENDPOINT',
      },
      { slot: 'agentEnv', names: ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] },
    ]);
  });
});
