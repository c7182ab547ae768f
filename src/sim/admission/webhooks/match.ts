import type { Core, Operation, Review } from '../../api/call.js';
import { forbidden, notFound } from '../../api/status.js';
import type { Kind } from '../../kinds/kind.js';
import { matchesSelector } from '../../store/labels.js';
import { stringsAt } from '../../store/object.js';
import type { KubeObject } from '../../store/object.js';
import { celValue } from './conditions.js';
import type { Hook, Rule } from './hook.js';
import { requestOf } from './review.js';

/** How a webhook is called: about which resource, in which version. */
export interface Invocation {
  readonly hook: Hook;
  /** The kind as the rule names it: another version of the request's own under `Equivalent`. */
  readonly kind: Kind;
}

/** Webhook configurations never go through webhooks: nobody could repair them else. */
export const isExempt = ({ call }: Review): boolean => call.kind.group === 'admissionregistration.k8s.io';

/**
 * Whether and how a webhook is to be called; undefined: not at all.
 * @throws StatusError 403 where a match condition fails and the failure policy is Fail
 */
export function invocationOf(core: Core, hook: Hook, review: Review): Invocation | undefined {
  if (!matchesNamespace(core, hook, review) || !matchesObject(hook, review)) return undefined;
  const kind = matchedKind(core, hook, review);
  if (kind === undefined) return undefined;
  const invocation = { hook, kind };
  return hook.conditions.length === 0 || conditionsHold(invocation, review) ? invocation : undefined;
}

/** Requests for cluster-scoped kinds match every selector; those for a Namespace by its own labels. */
function matchesNamespace(core: Core, hook: Hook, { call, operation, object, name }: Review): boolean {
  const selector = hook.namespaceSelector;
  if (Object.keys(selector).length === 0) return true;
  const own = call.kind.storage === 'namespaces';
  if (own && call.subresource === '' && operation !== 'DELETE') {
    return matchesSelector(selector, stringsAt(object, 'metadata', 'labels'));
  }
  const namespace = own ? name : call.namespace;
  if (namespace === '') return true;
  const found = core.store.get('namespaces', '', namespace);
  if (found === undefined) throw notFound(core.kinds.named('namespaces') ?? call.kind, namespace);
  return matchesSelector(selector, found.metadata.labels);
}

/** The object's own labels, as they are or as they were. */
function matchesObject(hook: Hook, { object, oldObject }: Review): boolean {
  const selector = hook.objectSelector;
  if (Object.keys(selector).length === 0) return true;
  return [object, oldObject].some(
    (one) => one !== undefined && matchesSelector(selector, stringsAt(one, 'metadata', 'labels')),
  );
}

function matchedKind(core: Core, hook: Hook, review: Review): Kind | undefined {
  const { kind } = review.call;
  if (hook.rules.some((rule) => ruleMatches(rule, kind, review))) return kind;
  if (hook.matchPolicy === 'Exact') return undefined;
  const others = core.kinds.all().filter((other) => other.storage === kind.storage && other !== kind);
  for (const rule of hook.rules) {
    const found = others.find((other) => ruleMatches(rule, other, review));
    if (found !== undefined) return found;
  }
  return undefined;
}

function ruleMatches(rule: Rule, kind: Kind, review: Review): boolean {
  return (
    scopeMatches(rule.scope, review) &&
    anyOf(rule.operations, review.operation satisfies Operation) &&
    anyOf(rule.apiGroups, kind.group) &&
    anyOf(rule.apiVersions, kind.version) &&
    rule.resources.some((resource) => resourceMatches(resource, kind.plural, review.call.subresource))
  );
}

const anyOf = (items: readonly string[], wanted: string): boolean =>
  items.includes('*') || items.includes(wanted);

function resourceMatches(pattern: string, plural: string, subresource: string): boolean {
  const slash = pattern.indexOf('/');
  const resource = slash < 0 ? pattern : pattern.slice(0, slash);
  const sub = slash < 0 ? '' : pattern.slice(slash + 1);
  return (resource === '*' || resource === plural) && (sub === '*' || sub === subresource);
}

function scopeMatches(scope: string, { call }: Review): boolean {
  if (scope === '*') return true;
  const namespaced = call.kind.namespaced && call.namespace !== '';
  return scope === 'Namespaced' ? namespaced : !namespaced;
}

/** Any that is false skips the webhook; an error skips it under Ignore and refuses the request under Fail. */
function conditionsHold(invocation: Invocation, review: Review): boolean {
  const request = requestOf(invocation, review, '');
  const variables = {
    object: celValue(request['object'] ?? null),
    oldObject: celValue(request['oldObject'] ?? null),
    request: celValue(withoutObjects(request)),
  };
  const errors: string[] = [];
  for (const condition of invocation.hook.conditions) {
    try {
      if (!condition.holds(variables)) return false;
    } catch (error) {
      errors.push(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
    }
  }
  if (errors.length === 0) return true;
  if (invocation.hook.failurePolicy === 'Ignore') return false;
  throw forbidden(review.call.kind, review.name, errors.join(', '));
}

function withoutObjects(request: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...request, object: undefined, oldObject: undefined };
}

/** The object in the version that the webhook asked for. */
export function converted(invocation: Invocation, review: Review, object: KubeObject): KubeObject {
  const { kind } = review.call;
  return invocation.kind === kind ? object : invocation.kind.fromStorage(kind.toStorage(object));
}
