import type { Faults } from '../../api/status.js';
import { at, childOf, fillIn, isDraft, isList, numberAt, objectsAt, textAt } from '../../store/object.js';
import type { Draft } from '../../store/object.js';
import { dnsSubdomain, qualifiedName } from '../names.js';
import type { Strategy } from '../strategy.js';
import { expressionFault } from '../webhooks/conditions.js';

/** k8s.io/kubernetes/pkg/apis/admissionregistration/{v1,validation}; mutating and validating share it. */
export const webhookConfigurationStrategy: Strategy = {
  defaults(configuration) {
    const mutating = configuration['kind'] === 'MutatingWebhookConfiguration';
    for (const hook of objectsAt(configuration, 'webhooks')) {
      fillIn(hook, {
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        namespaceSelector: {},
        objectSelector: {},
        timeoutSeconds: 10,
        ...(mutating ? { reinvocationPolicy: 'Never' } : {}),
      });
      for (const rule of objectsAt(hook, 'rules')) rule['scope'] ??= '*';
      const service = at(hook, 'clientConfig', 'service');
      if (isDraft(service)) service['port'] ??= 443;
    }
  },
  validate(configuration, faults) {
    const names = new Set<string>();
    objectsAt(configuration, 'webhooks').forEach((hook, i) => {
      const path = `webhooks[${i}]`;
      validateHook(hook, path, faults);
      const name = textAt(hook, 'name');
      if (names.has(name)) faults.duplicate(`${path}.name`, name);
      names.add(name);
    });
  },
};

const choices: Readonly<Record<string, readonly string[]>> = {
  failurePolicy: ['Fail', 'Ignore'],
  matchPolicy: ['Equivalent', 'Exact'],
  reinvocationPolicy: ['IfNeeded', 'Never'],
};
const sideEffects = ['None', 'NoneOnDryRun'];

function validateHook(hook: Draft, path: string, faults: Faults): void {
  validateName(textAt(hook, 'name'), `${path}.name`, faults);
  objectsAt(hook, 'rules').forEach((rule, i) => {
    validateRule(rule, `${path}.rules[${i}]`, faults);
  });
  for (const [field, allowed] of Object.entries(choices)) {
    const value = textAt(hook, field);
    if (value !== '' && !allowed.includes(value)) faults.unsupported(`${path}.${field}`, value, allowed);
  }
  const effects = textAt(hook, 'sideEffects');
  if (effects === '') faults.required(`${path}.sideEffects`, `must specify one of ${sideEffects.join(', ')}`);
  else if (!sideEffects.includes(effects)) faults.unsupported(`${path}.sideEffects`, effects, sideEffects);
  const timeout = numberAt(hook, 'timeoutSeconds') ?? 10;
  if (timeout < 1 || timeout > 30) {
    faults.invalid(`${path}.timeoutSeconds`, timeout, 'the timeout value must be between 1 and 30 seconds');
  }
  validateClient(childOf(hook, 'clientConfig'), `${path}.clientConfig`, faults);
  validateConditions(hook, `${path}.matchConditions`, faults);
  validateVersions(hook, `${path}.admissionReviewVersions`, faults);
}

function validateName(name: string, path: string, faults: Faults): void {
  if (name === '') faults.required(path);
  for (const fault of dnsSubdomain(name)) faults.invalid(path, name, fault);
  if (name.split('.').length < 3) {
    faults.invalid(path, name, 'should be a domain with at least three segments separated by dots');
  }
}

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

function validateRule(rule: Draft, path: string, faults: Faults): void {
  for (const field of ['operations', 'apiGroups', 'apiVersions', 'resources']) {
    const value = rule[field];
    if (!isList(value) || value.length === 0) faults.required(`${path}.${field}`);
  }
  const given = rule['operations'];
  if (!isList(given)) return;
  if (given.length > 1 && given.includes('*')) {
    faults.invalid(`${path}.operations`, given, "if '*' is present, must not specify other operations");
  }
  given.forEach((operation, i) => {
    if (typeof operation === 'string' && !operations.includes(operation)) {
      faults.unsupported(`${path}.operations[${i}]`, operation, operations);
    }
  });
}

function validateClient(client: Draft, path: string, faults: Faults): void {
  const url = textAt(client, 'url');
  if ((url === '') === (client['service'] === undefined)) {
    faults.required(path, 'exactly one of url or service is required');
    return;
  }
  if (url === '') return;
  if (!URL.canParse(url)) faults.invalid(`${path}.url`, url, 'url must be a valid URL');
  else validateUrl(new URL(url), url, `${path}.url`, faults);
}

function validateUrl(parsed: URL, url: string, path: string, faults: Faults): void {
  const form = '; desired format: https://host[/path]';
  if (parsed.protocol !== 'https:') {
    faults.invalid(path, url, `'https' is the only allowed URL scheme${form}`);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    faults.invalid(path, url, 'user information is not permitted in the URL');
  }
  if (parsed.search !== '') faults.invalid(path, url, 'query parameters are not permitted in the URL');
  if (parsed.hash !== '') faults.invalid(path, url, 'fragments are not permitted in the URL');
}

function validateConditions(hook: Draft, path: string, faults: Faults): void {
  const conditions = objectsAt(hook, 'matchConditions');
  if (conditions.length > 64) faults.tooMany(path, conditions.length, 64);
  const names = new Set<string>();
  conditions.forEach((condition, i) => {
    const name = textAt(condition, 'name');
    const expression = textAt(condition, 'expression');
    if (name === '') faults.required(`${path}[${i}].name`);
    else for (const fault of qualifiedName(name)) faults.invalid(`${path}[${i}].name`, name, fault);
    if (names.has(name)) faults.duplicate(`${path}[${i}].name`, name);
    names.add(name);
    if (expression.trim() === '') faults.required(`${path}[${i}].expression`);
    else {
      const fault = expressionFault(expression);
      if (fault !== undefined) faults.invalid(`${path}[${i}].expression`, expression, fault);
    }
  });
}

function validateVersions(hook: Draft, path: string, faults: Faults): void {
  const versions = hook['admissionReviewVersions'];
  if (!isList(versions) || versions.length === 0) {
    faults.required(path, 'must specify one of v1, v1beta1');
  } else if (!versions.includes('v1')) {
    faults.invalid(path, versions, 'must include at least one of v1');
  }
}
