import type { z } from 'zod';

/** One thing that is wrong in a document: where, what was expected, what came. */
export interface Fault {
  /** From the document's root. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** The names of the fields that may stand at a path. */
type FieldsAt = (path: Fault['path']) => readonly string[];

/** What zod found in `root`, in our words. */
export function toFaults(issues: readonly Issue[], root: unknown, fieldsAt: FieldsAt): Fault[] {
  return issues.flatMap((issue) => toFault(issue, root, fieldsAt));
}

/** The first fault of each field: what follows says the same of it in other words. */
export function oneFaultAField(faults: readonly Fault[]): Fault[] {
  return [...Map.groupBy(faults, ({ path }) => formatPath(path)).values()].flatMap((same) =>
    same.slice(0, 1),
  );
}

/** `spec.match.workloads.kinds[0]`; keys that are no plain names are quoted. */
export function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((key, i) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(key)) return `[${JSON.stringify(key)}]`;
      return i === 0 ? key : `.${key}`;
    })
    .join('');
}

/** A value for a message: scalars as they are, cut at 60 characters; the rest by type. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'string':
      return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
    case 'number':
    case 'boolean':
      return `${typeof value} ${value.toString()}`;
    default:
      return Array.isArray(value) ? `a list of ${value.length}` : value === null ? 'null' : 'an object';
  }
}

function toFault(issue: Issue, root: unknown, fieldsAt: FieldsAt): Fault[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    const message = `unknown field, expected one of ${fieldsAt(path).join(', ')}`;
    return issue.keys.map((key) => ({ path: [...path, key], message }));
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => ({ path, message: `${inner.message}, got ${show(path.at(-1))}` }));
  }
  return [{ path, message: `${expectation(issue)}, got ${show(valueAt(root, path))}` }];
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${withArticle(issue.expected)}`;
    case 'invalid_value':
      return `expected ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return `expected at most ${limit(issue.maximum, issue.origin)}`;
    case 'too_small':
      return issue.message.startsWith('expected')
        ? issue.message
        : `expected at least ${limit(issue.minimum, issue.origin)}`;
    default:
      return issue.message;
  }
}

const words: Readonly<Record<string, string>> = {
  array: 'a list',
  record: 'an object',
  object: 'an object',
  int: 'an integer',
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
};

function withArticle(expected: string): string {
  return words[expected] ?? expected;
}

function limit(bound: number | bigint, origin: string): string {
  if (origin === 'string') return `${bound} characters`;
  return origin === 'array' ? `${bound} in the list` : String(bound);
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[key];
  }
  return value;
}
