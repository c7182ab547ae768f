import { isObject, type JsonObject } from '../objects/json.js';
import { compileSelector, type Labels } from '../objects/selector.js';
import { namespaceNameLabel, optInLabel, optInValue } from '../objects/well-known.js';
import { fault, type Finding, type Names } from './check.js';
import { at } from './look.js';
import { putBack } from './remedies.js';

/**
 * By what it selects, not by how it is written: an expression more, as AKS adds one (`control-plane` DoesNotExist),
 * selects the same namespaces.
 */
export function selectorFaults(hook: JsonObject, names: Names): readonly Finding[] {
  const selector = at(hook, 'namespaceSelector');
  const selects = compileSelector(isObject(selector) ? selector : {});
  const remedy = putBack(names);
  if (selects(labelsOf(someName))) {
    const reason = `the namespaceSelector has lost the label ${optInLabel}: it is asked of every namespace`;
    return [fault(reason, remedy)];
  }
  const optedIn = (name: string): Labels => ({ ...labelsOf(name), [optInLabel]: optInValue });
  if (!selects(optedIn(someName))) {
    const reason = `the namespaceSelector leaves out namespaces with the label ${optInLabel}=${optInValue}: nothing of theirs is moved`;
    return [fault(reason, `${remedy}, or give namespaces the labels of webhook.namespaceSelector too`)];
  }
  const guarded = [names.namespace, 'kube-system', 'kube-node-lease'];
  const open = guarded.filter((name) => selects(optedIn(name)));
  if (open.length === 0) return [];
  const reason = `the namespaceSelector lets in ${open.join(', ')}: their pods would wait for tidegate, and tidegate for them`;
  return [fault(reason, remedy)];
}

const someName = 'a-namespace';
const labelsOf = (name: string): Labels => ({ [namespaceNameLabel]: name });
