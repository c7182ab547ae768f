import type { z } from 'zod';

/** One demand on a value, said twice: to zod, and in CEL to the API server. */
export interface Demand<T> {
  /** `expected …`; both say it in these words. */
  readonly error: string;
  readonly holds: (value: T) => boolean;
  /**
   * `x-kubernetes-validations[].rule`: CEL over `self`. Every list that it stands in or reads is bounded, or the API
   * server refuses the CustomResourceDefinition for what the rule might cost
   * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#resource-use-by-validation-functions).
   */
  readonly rule: string;
  /** The member that is at fault. Default: the value itself. */
  readonly member?: string;
}

/** The schema with the demand on top. */
export function demanding<S extends z.ZodType>(schema: S, demand: Demand<z.output<S>>): S {
  const { error, holds, rule, member } = demand;
  const path = member === undefined ? {} : { path: [member] };
  const fieldPath = member === undefined ? {} : { fieldPath: `.${member}` };
  return schema
    .refine(holds, { error, ...path })
    .meta({ openapi: { 'x-kubernetes-validations': [{ rule, message: error, ...fieldPath }] } });
}

/** Exactly one of the members is there. */
export function exactlyOne(members: readonly string[]): Demand<object> {
  return {
    error: `expected exactly one of ${members.join(', ')}`,
    holds: (value) => members.filter((member) => Object.hasOwn(value, member)).length === 1,
    rule: `[${members.map((member) => `has(self.${member})`).join(', ')}].exists_one(there, there)`,
  };
}
