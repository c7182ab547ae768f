import { isObject, type Json, type JsonObject } from '../../src/objects/json.js';
import { schemaFaults } from './kubernetes-schema.js';
import { envNameSyntax, keySyntax, labelValueSyntax } from './syntax.js';

/**
 * What the API server would refuse: the published schema, unknown fields, and by hand what its validation says of
 * the fields that a placement writes (kubernetes:pkg/apis/core/validation/validation.go).
 */
export function validityFaults(object: JsonObject): string[] {
  const job = object['kind'] === 'Job' ? replacementFaults(object['spec'] as Parts) : [];
  return [...schemaFaults(object), ...job, ...walk(object, '')];
}

/** kubernetes:pkg/apis/batch/validation/validation.go `validateJobSpec`, `validatePodReplacementPolicy`. */
function replacementFaults({ podFailurePolicy, podReplacementPolicy, template }: Parts): string[] {
  if (isEmptyLike(podFailurePolicy)) return [];
  const { restartPolicy } = (template as { readonly spec: Parts }).spec;
  return [
    ...(restartPolicy === 'Never' ? [] : ['podFailurePolicy without restartPolicy Never']),
    ...(podReplacementPolicy === 'TerminatingOrFailed' ? ['podFailurePolicy with TerminatingOrFailed'] : []),
  ];
}

const isOneKindOfRule = ({ onExitCodes, onPodConditions }: Parts): boolean =>
  isEmptyLike(onExitCodes) === ((onPodConditions ?? []) as readonly Json[]).length > 0;

function walk(value: Json, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json, i) => walk(item, `${path}/${i}`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const at = `${path}/${key}`;
    const rule = Object.hasOwn(rules, key) && !isEmptyLike(member) ? rules[key] : undefined;
    const faults = rule?.(member as never) ?? [];
    return [...faults.map((fault) => `${at}: ${fault}`), ...walk(member ?? null, at)];
  });
}

const isEmptyLike = (member: Json | undefined) => member === undefined || member === null;

interface Parts {
  readonly [key: string]: Json | undefined;
}

/** By the name of the field. */
const rules: Readonly<Record<string, (value: never) => string[]>> = {
  labels: (labels: Record<string, string>) =>
    Object.entries(labels)
      .filter(([key, value]) => !keySyntax.test(key) || !labelValueSyntax.test(value) || value.length > 63)
      .map(([key]) => `label ${key}`),
  annotations: (annotations: Record<string, string>) => [
    ...Object.keys(annotations).filter((key) => !keySyntax.test(key.toLowerCase())),
    ...(Buffer.byteLength(Object.entries(annotations).flat().join('')) > 262_144 ? ['too large'] : []),
  ],
  env: (env: readonly Parts[]) =>
    env
      .filter(({ name, value, valueFrom }) => {
        const both = typeof value === 'string' && value !== '' && isObject(valueFrom);
        return typeof name !== 'string' || !envNameSyntax.test(name) || both;
      })
      .map(({ name }) => `variable ${JSON.stringify(name)}`),
  valueFrom: (source: Parts) =>
    Object.values(source).filter((one) => !isEmptyLike(one)).length === 1 ? [] : ['not one source'],
  tolerations: (list: readonly Parts[]) => list.flatMap(tolerationFaults),
  nodeSelectorTerms: (terms: readonly Json[]) => (terms.length === 0 ? ['no terms'] : []),
  matchExpressions: (list: readonly Parts[]) => list.flatMap(requirementFaults),
  preferredDuringSchedulingIgnoredDuringExecution: (list: readonly { readonly weight: number }[]) =>
    list.filter(({ weight }) => weight < 1 || weight > 100).map(({ weight }) => `weight ${weight}`),
  podFailurePolicy: ({ rules: list }: { readonly rules?: readonly Parts[] | null }) => [
    ...((list ?? []).length > 20 ? ['too many rules'] : []),
    ...(list ?? [])
      .filter((rule) => !isOneKindOfRule(rule))
      .map(() => 'a rule that asks for nothing, or both'),
  ],
  jobTemplate: ({ spec: job }: { readonly spec: Parts }) => replacementFaults(job),
  schedulerName: (name: string) => (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) ? [] : [name]),
};

function tolerationFaults({ key, operator, value, effect, tolerationSeconds }: Parts): string[] {
  const isExists = operator === 'Exists';
  return [
    ...(isEmptyLike(key) && !isExists ? ['no key without Exists'] : []),
    ...(typeof key === 'string' && !keySyntax.test(key) ? ['the key'] : []),
    ...(isExists && (value ?? '') !== '' ? ['a value with Exists'] : []),
    ...(!isExists && !labelValueSyntax.test((value ?? '') as string) ? ['the value'] : []),
    ...(!isEmptyLike(tolerationSeconds) && effect !== 'NoExecute' ? ['seconds without NoExecute'] : []),
  ];
}

function requirementFaults({ key, operator, values }: Parts): string[] {
  const count = ((values ?? []) as readonly Json[]).length;
  const isList = operator === 'In' || operator === 'NotIn';
  const isBare = operator === 'Exists' || operator === 'DoesNotExist';
  return [
    ...(typeof key !== 'string' || !keySyntax.test(key) ? ['the key'] : []),
    ...((isList && count === 0) || (isBare && count > 0) ? ['the number of values'] : []),
  ];
}
