import type { LabelSelector } from '../../../objects/pod.js';
import { at, isList, numberAt, objectsAt, textAt } from '../../store/object.js';
import type { Draft, KubeObject } from '../../store/object.js';
import type { Store } from '../../store/store.js';
import { compileConditions } from './conditions.js';
import type { Condition } from './conditions.js';

/** One webhook of a configuration, read once. */
export interface Hook {
  readonly configuration: string;
  readonly name: string;
  /** Tells webhooks apart that carry one name. */
  readonly id: string;
  readonly rules: readonly Rule[];
  readonly failurePolicy: 'Ignore' | 'Fail';
  readonly matchPolicy: 'Exact' | 'Equivalent';
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  readonly conditions: readonly Condition[];
  readonly timeoutSeconds: number;
  readonly reinvocationPolicy: 'Never' | 'IfNeeded';
  readonly client: ClientConfig;
}

export interface Rule {
  readonly operations: readonly string[];
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly scope: string;
}

export interface ClientConfig {
  /** '' where a Service is named instead. */
  readonly url: string;
  readonly service:
    | { readonly namespace: string; readonly name: string; readonly port: number; readonly path: string }
    | undefined;
  /** PEM; '' for the system's own authorities. */
  readonly caBundle: string;
}

const resources = {
  mutating: 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  validating: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
} as const;
export type HookType = keyof typeof resources;

/** The webhooks of all configurations, in the order in which they are called: by configuration name, then as listed. */
export function createHookSource(store: Store): (type: HookType) => readonly Hook[] {
  const known = new Map<HookType, readonly Hook[]>();
  for (const type of ['mutating', 'validating'] as const) {
    store.watch(resources[type], () => known.delete(type));
  }
  return (type) => {
    const hooks = known.get(type) ?? store.list(resources[type]).flatMap(hooksOf);
    known.set(type, hooks);
    return hooks;
  };
}

function hooksOf(configuration: KubeObject): readonly Hook[] {
  return objectsAt(configuration, 'webhooks').map((hook, i) => ({
    configuration: configuration.metadata.name,
    name: textAt(hook, 'name'),
    id: `${configuration.metadata.name}/${textAt(hook, 'name')}/${i}`,
    rules: objectsAt(hook, 'rules').map(ruleOf),
    failurePolicy: textAt(hook, 'failurePolicy') === 'Ignore' ? 'Ignore' : 'Fail',
    matchPolicy: textAt(hook, 'matchPolicy') === 'Exact' ? 'Exact' : 'Equivalent',
    namespaceSelector: (hook['namespaceSelector'] ?? {}) as LabelSelector,
    objectSelector: (hook['objectSelector'] ?? {}) as LabelSelector,
    conditions: compileConditions(objectsAt(hook, 'matchConditions')),
    timeoutSeconds: numberAt(hook, 'timeoutSeconds') ?? 10,
    reinvocationPolicy: textAt(hook, 'reinvocationPolicy') === 'IfNeeded' ? 'IfNeeded' : 'Never',
    client: clientOf(hook),
  }));
}

function ruleOf(rule: Draft): Rule {
  const texts = (field: string): readonly string[] => {
    const value = rule[field];
    return isList(value) ? value.filter((item) => typeof item === 'string') : [];
  };
  return {
    operations: texts('operations'),
    apiGroups: texts('apiGroups'),
    apiVersions: texts('apiVersions'),
    resources: texts('resources'),
    scope: textAt(rule, 'scope') || '*',
  };
}

function clientOf(hook: Draft): ClientConfig {
  const service = at(hook, 'clientConfig', 'service');
  return {
    url: textAt(hook, 'clientConfig', 'url'),
    service:
      service === undefined
        ? undefined
        : {
            namespace: textAt(service, 'namespace'),
            name: textAt(service, 'name'),
            port: numberAt(service, 'port') ?? 443,
            path: textAt(service, 'path'),
          },
    caBundle: Buffer.from(textAt(hook, 'clientConfig', 'caBundle'), 'base64').toString(),
  };
}
