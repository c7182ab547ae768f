import { isObject, type Json, type JsonObject } from '../objects/json.js';
import type { LabelSelector } from '../objects/pod.js';
import { compileSelector, type LabelPredicate } from '../objects/selector.js';

/** What the selectors of a webhook let through to it. */
export interface Asked {
  readonly ofNamespace: LabelPredicate;
  readonly ofObject: LabelPredicate;
}

/** Of one entry of a webhook configuration, as an API server has taken it. A selector that is not there asks for nothing. */
export const askedBy = (hook: JsonObject): Asked => ({
  ofNamespace: compileSelector(selectorOf(hook['namespaceSelector'])),
  ofObject: compileSelector(selectorOf(hook['objectSelector'])),
});

const selectorOf = (value: Json | undefined): LabelSelector => (isObject(value) ? value : {});
