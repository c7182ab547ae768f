import type { Json } from '../objects/json.js';
import { escapeToken } from '../objects/json-pointer.js';

/** RFC 6902. No `test`, `move` or `copy` is ever sent. */
export type Operation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/**
 * One reversible change, as the record keeps it: `+` put in, `-` taken out, `=` put in the place of `was`.
 * The path is below the pod template, and names a container by its name, so that it holds when others are added.
 */
export type Step =
  | readonly ['+', path: string, value: Json]
  | readonly ['-', path: string, was: Json]
  | readonly ['=', path: string, value: Json, was: Json];

/** A place in the template: as a JSON Pointer into the object, and as the record names it. */
export interface Place {
  readonly pointer: string;
  readonly named: string;
}

export const below = (place: Place, token: string | number, name: string | number = token): Place => ({
  pointer: `${place.pointer}/${escapeToken(String(token))}`,
  named: `${place.named}/${escapeToken(String(name))}`,
});

/**
 * Collects operations and their steps. The only builder of patches: it owns escaping and missing parents.
 * Values are JSON.
 */
export class PatchBuilder {
  readonly operations: Operation[] = [];
  readonly steps: Step[] = [];

  /** Adds a member of a map, or an item at an index of a list. */
  add(place: Place, value: unknown): void {
    this.operations.push({ op: 'add', path: place.pointer, value: value as Json });
    this.steps.push(['+', place.named, value as Json]);
  }

  replace(place: Place, value: unknown, was: unknown): void {
    this.operations.push({ op: 'replace', path: place.pointer, value: value as Json });
    this.steps.push(['=', place.named, value as Json, was as Json]);
  }

  remove(place: Place, was: unknown): void {
    this.operations.push({ op: 'remove', path: place.pointer });
    this.steps.push(['-', place.named, was as Json]);
  }

  /** Makes an empty map or list at `place` unless something is `there`; null counts as nothing. */
  ensure(place: Place, there: unknown, empty: 'map' | 'list'): void {
    if (there === undefined || there === null) this.add(place, empty === 'map' ? {} : []);
  }
}
