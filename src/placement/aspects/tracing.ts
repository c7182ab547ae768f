import type { Wish } from '../intent.js';
import type { Aspect } from './aspect.js';

/**
 * Virtual nodes run no agent, so clients are told of a collector instead. Jaeger needs two addresses: without the
 * sampler's, clients go on polling an agent (jaeger-client-go config/config_env.go).
 */
export const tracing: Aspect = {
  name: 'tracing',
  wishes: ({ spec: { tracing: wanted = {} } }) => [
    ...(wanted.jaeger ? jaeger(wanted.jaeger.collectorEndpoint, wanted.jaeger.samplingEndpoint) : []),
    ...(wanted.otlp ? otlp(wanted.otlp.endpoint, wanted.otlp.protocol) : []),
  ],
};

/** Names by which Jaeger clients know an agent: Go and Java, Node (jaeger-client-node), OpenTelemetry's exporter. */
const jaegerAgentNames = [
  'JAEGER_AGENT_HOST',
  'JAEGER_REPORTER_AGENT_HOST',
  'JAEGER_ENDPOINT',
  'JAEGER_SAMPLING_ENDPOINT',
  'JAEGER_SAMPLER_MANAGER_HOST_PORT',
  'OTEL_EXPORTER_JAEGER_AGENT_HOST',
];

const otlpAgentNames = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

const jaeger = (collector: string, sampling: string | undefined): Wish[] => [
  { slot: 'env', value: { name: 'JAEGER_ENDPOINT', value: collector }, override: false },
  ...(sampling === undefined ? [] : samplers(sampling)),
  { slot: 'agentEnv', names: jaegerAgentNames },
];

const samplers = (value: string): Wish[] => [
  { slot: 'env', value: { name: 'JAEGER_SAMPLING_ENDPOINT', value }, override: false },
];

/**
 * The protocol goes with the endpoint: SDKs differ in their default, and the user's own endpoint may speak another
 * (opentelemetry-specification, specification/protocol/exporter.md).
 */
const otlp = (endpoint: string, protocol: string): Wish[] => [
  {
    slot: 'env',
    value: { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: endpoint },
    override: false,
    yieldsTo: ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
  },
  {
    slot: 'env',
    value: { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', value: protocol },
    override: false,
    follows: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  },
  { slot: 'agentEnv', names: otlpAgentNames },
];
