import { validate as validateCronJob } from 'kubernetes-models/_schemas/IoK8sApiBatchV1CronJob';
import { validate as validateJob } from 'kubernetes-models/_schemas/IoK8sApiBatchV1Job';
import { validate as validateNamespace } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Namespace';
import { validate as validatePod } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Pod';
import { validate as validateBudget } from 'kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget';

/** As kubernetes-models generates them from Kubernetes' OpenAPI: false, with `errors` set on the function. */
interface Validate {
  (object: unknown): boolean;
  errors?:
    readonly { readonly instancePath: string; readonly keyword: string; readonly params: object }[] | null;
}

const validators: Readonly<Record<string, Validate>> = {
  'batch/v1 CronJob': validateCronJob,
  'batch/v1 Job': validateJob,
  'policy/v1 PodDisruptionBudget': validateBudget,
  'v1 Namespace': validateNamespace,
  'v1 Pod': validatePod,
};

/**
 * What a published Kubernetes schema finds wrong with an object, unknown fields included; a kind that is not known
 * here is one fault. The validators let unknown fields pass, but read every field that they know: what they never
 * read, they do not know.
 */
export function schemaFaults(object: Readonly<Record<string, unknown>>): string[] {
  const type = `${String(object['apiVersion'])} ${String(object['kind'])}`;
  const validate = validators[type];
  if (validate === undefined) return [`no schema for ${type}`];
  const wrong = validate(object) ? [] : (validate.errors ?? []);
  const faults = wrong.map(
    ({ instancePath, keyword, params }) => `${instancePath}: ${keyword} ${JSON.stringify(params)}`,
  );
  const unread = new Set<string>();
  validate(watched(object, '', unread));
  return [...faults, ...[...unread].map((path) => `${path}: unknown field`)];
}

/** `value`, which takes each path that is read out of `unread`. */
function watched(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => {
    const memberPath = `${path}/${key}`;
    if (!Array.isArray(value)) unread.add(memberPath);
    return [key, watched(member, memberPath, unread)] as const;
  });
  const copy = Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
  return new Proxy(copy, {
    get: (target, key, receiver) => {
      unread.delete(`${path}/${String(key)}`);
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
}
