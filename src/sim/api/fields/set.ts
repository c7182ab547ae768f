import type { JsonObject } from '../../../objects/json.js';
import { isObject } from '../../../objects/json.js';

/**
 * A set of field paths, as `managedFields` holds it: a trie of path elements (`f:name`, `k:{"name":"a"}`, `v:"x"`).
 * A path is in the set where its node is a member.
 */
export interface FieldSet {
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

export const emptySet: FieldSet = { member: false, children: new Map() };

const leaf: FieldSet = { member: true, children: new Map() };

export const isEmptySet = (set: FieldSet): boolean => !set.member && set.children.size === 0;

/** Collects paths. */
export class SetBuilder {
  readonly #children = new Map<string, SetBuilder>();
  #member = false;

  add(path: readonly string[]): void {
    const [step, ...rest] = path;
    if (step === undefined) {
      this.#member = true;
      return;
    }
    const child = this.#children.get(step) ?? new SetBuilder();
    this.#children.set(step, child);
    child.add(rest);
  }

  build(): FieldSet {
    const children = new Map([...this.#children].map(([step, child]) => [step, child.build()]));
    return { member: this.#member, children };
  }
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map(a.children);
  for (const [step, child] of b.children) {
    const own = children.get(step);
    children.set(step, own === undefined ? child : union(own, child));
  }
  return { member: a.member || b.member, children };
}

/** Members of `a` that are not members of `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [step, child] of a.children) {
    const other = b.children.get(step);
    const left = other === undefined ? child : difference(child, other);
    if (!isEmptySet(left)) children.set(step, left);
  }
  return { member: a.member && !b.member, children };
}

/** Takes away the members of `b` and everything below them. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  if (b.member) return emptySet;
  const children = new Map<string, FieldSet>();
  for (const [step, child] of a.children) {
    const other = b.children.get(step);
    const left = other === undefined ? child : recursiveDifference(child, other);
    if (!isEmptySet(left)) children.set(step, left);
  }
  return { member: a.member, children };
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [step, child] of a.children) {
    const other = b.children.get(step);
    const both = other === undefined ? emptySet : intersection(child, other);
    if (!isEmptySet(both)) children.set(step, both);
  }
  return { member: a.member && b.member, children };
}

export function setsEqual(a: FieldSet, b: FieldSet): boolean {
  if (a.member !== b.member || a.children.size !== b.children.size) return false;
  return [...a.children].every(([step, child]) => {
    const other = b.children.get(step);
    return other !== undefined && setsEqual(child, other);
  });
}

/** Paths of all members, parents before children. */
export function pathsOf(set: FieldSet, before: readonly string[] = []): readonly (readonly string[])[] {
  const own = set.member ? [before] : [];
  const below = [...set.children].sort(([a], [b]) => (a < b ? -1 : 1));
  return [...own, ...below.flatMap(([step, child]) => pathsOf(child, [...before, step]))];
}

/** `.spec.containers[name="a"].image`, as conflicts name a field. */
export function printPath(path: readonly string[]): string {
  return path.map(printStep).join('');
}

function printStep(step: string): string {
  const value = step.slice(2);
  if (step.startsWith('f:')) return `.${value}`;
  if (step.startsWith('v:')) return `[=${value}]`;
  const keys = Object.entries(JSON.parse(value) as Record<string, unknown>);
  return `[${keys.map(([key, one]) => `${key}=${JSON.stringify(one)}`).join(',')}]`;
}

/** FieldsV1. */
export function encodeSet(set: FieldSet): JsonObject {
  const out: Record<string, JsonObject> = {};
  if (set.member && set.children.size > 0) out['.'] = {};
  for (const [step, child] of [...set.children].sort(([a], [b]) => (a < b ? -1 : 1)))
    out[step] = encodeSet(child);
  return out;
}

export function decodeSet(fields: JsonObject): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [step, below] of Object.entries(fields)) {
    if (step === '.' || !isObject(below)) continue;
    children.set(step, Object.keys(below).length === 0 ? leaf : decodeSet(below));
  }
  return { member: Object.hasOwn(fields, '.'), children };
}
