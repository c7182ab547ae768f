import { isObject } from '../objects/json.js';
import { type Fault, oneFaultAField, toFaults } from './fault.js';
import { fieldsAt } from './openapi.js';
import type { Policy } from './policy.js';
import { providerFaults } from './provider-faults.js';
import { type NamespaceDocument, namespaceSchema, policySchema } from './schema.js';

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * A document as it came from a file or the cluster → a policy with every default filled in, or all its faults.
 * As in the API server, a member that is null counts as absent; `status` is left out. Never throws.
 */
export function parsePolicy(document: unknown): Parsed<Policy> {
  const plain = withoutNulls(document, maxDepth);
  if (plain === tooDeep) return tooDeepFault;
  const input = isObject(plain) ? withoutStatus(plain) : plain;
  const result = policySchema.safeParse(input);
  const faults = [
    ...(result.success ? [] : toFaults(result.error.issues, input, fieldsAt)),
    ...providerFaults(input),
    ...prototypeFaults(input, []),
  ];
  return result.success && faults.length === 0
    ? { ok: true, value: result.data }
    : { ok: false, faults: oneFaultAField(faults) };
}

/** A Namespace as it came from a file: its name and labels, or all its faults. Never throws. */
export function parseNamespace(document: unknown): Parsed<NamespaceDocument> {
  const plain = withoutNulls(document, maxDepth);
  if (plain === tooDeep) return tooDeepFault;
  const result = namespaceSchema.safeParse(plain);
  return result.success
    ? { ok: true, value: result.data }
    : { ok: false, faults: oneFaultAField(toFaults(result.error.issues, plain, () => [])) };
}

/** A policy is nine levels deep; the rest is room for options. Keeps hostile input off the call stack. */
const maxDepth = 64;
const tooDeep = Symbol('too deep');
const tooDeepFault = {
  ok: false,
  faults: [{ path: [], message: `expected at most ${maxDepth} levels of nesting` }],
} as const;

function withoutNulls(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return tooDeep;
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutNulls(item, depth - 1));
    return items.includes(tooDeep) ? tooDeep : items;
  }
  const entries: [string, unknown][] = [];
  for (const [key, member] of Object.entries(value)) {
    const plain = withoutNulls(member, depth - 1);
    if (plain === tooDeep) return tooDeep;
    if (plain !== null) entries.push([key, plain]);
  }
  return Object.fromEntries(entries);
}

function withoutStatus(document: object): object {
  return Object.fromEntries(Object.entries(document).filter(([key]) => key !== 'status'));
}

/** zod passes over this key in a record: a label that was asked for would be asked for no more. */
function prototypeFaults(value: unknown, path: Fault['path']): Fault[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const below = [...path, Array.isArray(value) ? Number(key) : key];
    return key === '__proto__'
      ? [{ path: below, message: 'expected another key' }]
      : prototypeFaults(member, below);
  });
}
