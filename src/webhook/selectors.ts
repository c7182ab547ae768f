import { isObject, type Json, type JsonObject } from '../objects/json.js';
import type { LabelSelector } from '../objects/pod.js';

/** By which labels an API server asks a webhook. */
export interface HookSelectors {
  readonly namespaces: LabelSelector;
  readonly objects: LabelSelector;
}

/** Without a word of it, it is asked about everything. */
export const allSelected: HookSelectors = { namespaces: {}, objects: {} };

/** Of one entry of a webhook configuration, as an API server has taken it. */
export const selectorsOf = (hook: JsonObject): HookSelectors => ({
  namespaces: selectorOf(hook['namespaceSelector']),
  objects: selectorOf(hook['objectSelector']),
});

const selectorOf = (value: Json | undefined): LabelSelector => (isObject(value) ? value : {});
