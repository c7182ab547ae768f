import { Environment } from '@marcbachmann/cel-js';
import { textAt } from '../../store/object.js';
import type { Draft } from '../../store/object.js';

/** A compiled `matchConditions` entry. Throws where the expression fails on the given request. */
export interface Condition {
  readonly name: string;
  readonly holds: (variables: CelVariables) => boolean;
}

export interface CelVariables {
  readonly object: unknown;
  readonly oldObject: unknown;
  readonly request: unknown;
}

const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
  .registerVariable('object', 'dyn')
  .registerVariable('oldObject', 'dyn')
  .registerVariable('request', 'dyn');

/** Expressions were checked when the configuration was stored. */
export function compileConditions(conditions: readonly Draft[]): readonly Condition[] {
  return conditions.map((condition) => {
    const evaluate = environment.parse(textAt(condition, 'expression'));
    return {
      name: textAt(condition, 'name'),
      holds: (variables) => {
        const result: unknown = evaluate({ ...variables });
        if (typeof result === 'boolean') return result;
        throw new Error(`expression '${textAt(condition, 'expression')}' did not answer a bool`);
      },
    };
  });
}

/** What is wrong with an expression; undefined for one that compiles to a bool, or to what only the request decides. */
export function expressionFault(expression: string): string | undefined {
  const { valid, type, error } = environment.check(expression);
  if (!valid)
    return `compilation failed: ${error === undefined ? 'invalid expression' : firstLine(error.message)}`;
  return type === undefined || type === 'bool' || type === 'dyn' ? undefined : 'must evaluate to bool';
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

/** JSON as CEL sees it: whole numbers are ints, which JavaScript's numbers are not. */
export function celValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celValue);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, celValue(member)]])),
  );
}
