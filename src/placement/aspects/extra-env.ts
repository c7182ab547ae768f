import type { EnvVar } from '../../objects/pod.js';
import type { Wish } from '../intent.js';
import type { Aspect } from './aspect.js';

/** The policy's own variables. */
export const extraEnv: Aspect = {
  name: 'env',
  wishes: ({ spec: { env } }) =>
    env.map(({ override, ...value }): Wish => ({ slot: 'env', value: asStored(value), override })),
};

/**
 * As the API server stores it, so that it is known again: an empty value is absent, a `fieldRef` has its version
 * (core/v1 EnvVar; k8s.io/kubernetes pkg/apis/core/v1/defaults.go SetDefaults_ObjectFieldSelector).
 */
function asStored({ name, value, valueFrom }: EnvVar): EnvVar {
  if (valueFrom?.fieldRef)
    return { name, valueFrom: { fieldRef: { apiVersion: 'v1', ...valueFrom.fieldRef } } };
  if (valueFrom) return { name, valueFrom };
  return value === undefined || value === '' ? { name } : { name, value };
}
