import { isObject } from '../../objects/json.js';
import type { JsonObject } from '../../objects/json.js';
import { applyPatch } from '../../placement/apply.js';
import type { Operation } from '../../placement/patch.js';
import { childOf, copy } from '../store/object.js';
import type { Admission, Resource } from '../controllers/door.js';

/** tidegate's webhook in the same process: what it would be sent, and what it would answer. */
export interface Webhook {
  /** An AdmissionReview of a workload. */
  mutate(body: JsonObject): WebhookAnswer;
  /** An AdmissionReview of a Binding. */
  mutateBinding(body: JsonObject): WebhookAnswer;
  /** An AdmissionReview of the status of a pod that has failed. */
  mutatePodStatus(body: JsonObject): WebhookAnswer;
}

export interface WebhookAnswer {
  /** An AdmissionReview with its response. */
  readonly review: unknown;
  readonly verdict: string;
  readonly because: string;
}

/** One workload that tidegate was asked about. */
export interface Asked {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly verdict: string;
  readonly because: string;
}

export interface Admitting {
  readonly admission: Admission;
  readonly asked: readonly Asked[];
}

const kinds: Partial<Record<Resource, { readonly group: string; readonly kind: string }>> = {
  'cronjobs.batch': { group: 'batch', kind: 'CronJob' },
  'jobs.batch': { group: 'batch', kind: 'Job' },
  pods: { group: '', kind: 'Pod' },
};

/** Asks as the webhook configuration says: only opted-in namespaces, only what the admission table lists. */
export function admitBy(
  webhook: { readonly current: Webhook | undefined },
  optedIn: ReadonlySet<string>,
): Admitting {
  const asked: Asked[] = [];
  let number = 0;

  const admission: Admission = (resource, subresource, object) => {
    if (resource === 'pods' && subresource === '') addDefaultTolerations(object);
    const subject = subjectOf(resource, subresource, object);
    const type = typeOf(subject);
    if (webhook.current === undefined || type === undefined || !optedIn.has(subject.namespace)) return;
    number += 1;
    const body = review(`review-${number}`, type, subject);
    if (subresource !== '') {
      const { current } = webhook;
      apply(object, subresource === 'status' ? current.mutatePodStatus(body) : current.mutateBinding(body));
      return;
    }
    const answer = webhook.current.mutate(body);
    const { namespace, name } = subject;
    asked.push({ resource, namespace, name, verdict: answer.verdict, because: answer.because });
    apply(object, answer);
  };

  return { admission, asked };
}

/** Undefined: nobody is asked about it. */
function typeOf({ resource, subresource, object }: Subject): (typeof kinds)[Resource] {
  if (subresource === 'binding') return { group: '', kind: 'Binding' };
  // As the webhook's matchConditions say, without its reasons: tidegate knows them.
  const isFailedPod = () => resource === 'pods' && childOf(object, 'status')['phase'] === 'Failed';
  return subresource === '' || isFailedPod() ? kinds[resource] : undefined;
}

function apply(object: Subject['object'], { review: answer }: WebhookAnswer): void {
  applyPatch(object, operationsOf(answer));
}

function subjectOf(resource: Resource, subresource: string, object: Subject['object']): Subject {
  const { namespace, name } = childOf(object, 'metadata');
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { resource, subresource, namespace: text(namespace), name: text(name), object };
}

/** The admission plug-in DefaultTolerationSeconds, which comes before webhooks. */
function addDefaultTolerations(pod: Parameters<Admission>[2]): void {
  const spec = childOf(pod, 'spec');
  const known = Array.isArray(spec['tolerations']) ? spec['tolerations'] : [];
  const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter((key) => !known.some((toleration) => isObject(toleration) && toleration['key'] === key))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));
  spec['tolerations'] = [...known, ...missing];
}

interface Subject {
  readonly resource: Resource;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly object: Parameters<Admission>[2];
}

function review(
  uid: string,
  type: { readonly group: string; readonly kind: string },
  { resource, subresource, namespace, name, object }: Subject,
): JsonObject {
  const [plural = ''] = resource.split('.');
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid,
      kind: { group: type.group, version: 'v1', kind: type.kind },
      resource: { group: type.group, version: 'v1', resource: plural },
      subResource: subresource,
      operation: subresource === 'status' ? 'UPDATE' : 'CREATE',
      namespace,
      name,
      dryRun: false,
      userInfo: { username: 'scenario' },
      // A copy: who answers may change it.
      object: copy(object) as JsonObject,
    },
  };
}

function operationsOf(answer: unknown): readonly Operation[] {
  const response = isObject(answer) && isObject(answer['response']) ? answer['response'] : {};
  const { patch } = response;
  if (typeof patch !== 'string') return [];
  return JSON.parse(Buffer.from(patch, 'base64').toString()) as readonly Operation[];
}
