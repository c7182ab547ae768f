import type { Operation } from 'fast-json-patch';
import type { Json, JsonObject } from '../../src/objects/json.js';
import { parsePointer } from '../../src/objects/json-pointer.js';
import type { EnvVar } from '../../src/objects/pod.js';
import { applyPatch } from '../../src/placement/apply.js';
import type { Operation as OurOperation } from '../../src/placement/patch.js';
import type { Policy } from '../../src/policy/policy.js';
import { nodeAddress, resolveEnv } from './kubelet-env.js';

/**
 * What of a patch does more than add. It may replace what the API server filled in, a variable that the policy
 * overrides, the address of an agent on the node and the protocol that goes with it; and take away the address of an
 * agent. It adds where nothing is, and to the end of a list.
 */
export function additivityFaults(
  object: JsonObject,
  operations: readonly Operation[],
  policy: Policy,
): string[] {
  const state = structuredClone(object);
  return operations.flatMap((operation) => {
    const tokens = parsePointer(operation.path);
    const isAllowed = allows(object, state, tokens, operation, policy);
    applyPatch(state, [structuredClone(operation) as OurOperation]);
    return isAllowed ? [] : [`${operation.op} ${operation.path}`];
  });
}

function allows(
  object: JsonObject,
  state: JsonObject,
  tokens: readonly string[],
  { op }: Operation,
  policy: Policy,
): boolean {
  const key = tokens.at(-1) ?? '';
  const parent = at(state, tokens.slice(0, -1));
  if (op === 'add') {
    if (Array.isArray(parent)) return Number(key) === parent.length;
    return ((parent as JsonObject)[key] ?? null) === null;
  }
  const was = (parent as Record<string, Json>)[key];
  if (tokens.at(-2) === 'env') {
    const entries = at(object, tokens.slice(0, -1)) as unknown as readonly EnvVar[];
    return mayChange(was as unknown as EnvVar, entries, op, policy);
  }
  return op === 'replace' && isFilledIn(tokens, was, state['kind']);
}

/** What the API server fills in, by place and value. */
function isFilledIn(tokens: readonly string[], was: Json | undefined, kind: Json | undefined): boolean {
  const isPod = kind === 'Pod';
  if (tokens.at(-1) === 'podReplacementPolicy') return kind === 'Job' && was === 'TerminatingOrFailed';
  if (tokens.at(-1) === 'schedulerName') return was === 'default-scheduler' || was === '';
  if (tokens.at(-2) !== 'tolerations' || !isPod) return false;
  const { key, operator, effect, tolerationSeconds } = was as JsonObject;
  return (
    (key === 'node.kubernetes.io/not-ready' || key === 'node.kubernetes.io/unreachable') &&
    operator === 'Exists' &&
    effect === 'NoExecute' &&
    tolerationSeconds === 300
  );
}

function mayChange({ name }: EnvVar, entries: readonly EnvVar[], op: string, { spec }: Policy): boolean {
  const isAgent = agentNames.includes(name) && (resolveEnv(entries).get(name) ?? '').includes(nodeAddress);
  if (isAgent && spec.tracing !== undefined) return true;
  const isOverridden = spec.env.some((entry) => entry.name === name && entry.override);
  const isProtocol = name === 'OTEL_EXPORTER_OTLP_PROTOCOL' && spec.tracing?.otlp !== undefined;
  return op === 'replace' && (isOverridden || isProtocol);
}

/** Names by which clients know an agent, as their documentation has them. */
export const agentNames: readonly string[] = [
  'JAEGER_AGENT_HOST',
  'JAEGER_REPORTER_AGENT_HOST',
  'JAEGER_ENDPOINT',
  'JAEGER_SAMPLING_ENDPOINT',
  'JAEGER_SAMPLER_MANAGER_HOST_PORT',
  'OTEL_EXPORTER_JAEGER_AGENT_HOST',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
];

const at = (value: Json, tokens: readonly string[]): Json =>
  tokens.reduce<Json>((found, token) => (found as Record<string, Json>)[token] ?? null, value);
