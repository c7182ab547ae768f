import { admissionTable, type AdmissionRow } from '../objects/admission.js';
import type { JsonObject } from '../objects/json.js';
import { optInLabel, optInValue, ownScheduler } from '../objects/well-known.js';
import { turnedAwayReasons } from '../placement/turned-away.js';

export interface ConfigurationOptions {
  readonly name: string;
  /** `https://host:port`, without a path. */
  readonly url: string;
  /** PEM of the authority that signed the webhook's certificate. */
  readonly caBundle: string;
  /** tidegate's scheduler runs: failing pods of its are looked at too. Default: false. */
  readonly scheduler?: boolean;
}

const suffix = 'tidegate.io';

/** The name of the webhook that rewrites pod templates. */
export const workloadsWebhook = `workloads.${suffix}`;

/**
 * The MutatingWebhookConfiguration by which an API server calls a webhook process: opted-in namespaces only, what the
 * admission table says and nothing else, and never in the way of a write. Two seconds, because the timeouts of all
 * webhooks of a request add up.
 */
export function webhookConfiguration(options: ConfigurationOptions): JsonObject {
  const { name, url, caBundle, scheduler = false } = options;
  const webhook = (id: string, path: string, changes: AdmissionRow['changes']): JsonObject => ({
    name: `${id}.${suffix}`,
    admissionReviewVersions: ['v1'],
    clientConfig: { url: `${url}${path}`, caBundle: Buffer.from(caBundle).toString('base64') },
    rules: rulesFor(changes),
    namespaceSelector: { matchLabels: { [optInLabel]: optInValue } },
    failurePolicy: 'Ignore',
    matchPolicy: 'Equivalent',
    reinvocationPolicy: 'IfNeeded',
    sideEffects: 'None',
    timeoutSeconds: 2,
  });
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      webhook('workloads', '/mutate', 'template'),
      webhook('bindings', '/mutate/binding', 'binding'),
      ...(scheduler
        ? [{ ...webhook('pod-status', '/mutate/pod-status', 'status'), matchConditions: turnedAway }]
        : []),
    ],
  };
}

/**
 * Kubelets write the status of pods all the time: the API server itself leaves out what is no failure of this kind.
 */
export const turnedAway: readonly { readonly name: string; readonly expression: string }[] = [
  { name: 'own-scheduler', expression: `object.spec.schedulerName == '${ownScheduler}'` },
  {
    name: 'fails-now',
    expression:
      "has(object.status.phase) && object.status.phase == 'Failed' && (!has(oldObject.status.phase) || oldObject.status.phase != 'Failed')",
  },
  {
    name: 'turned-away',
    expression: `has(object.status.reason) && object.status.reason in [${turnedAwayReasons
      .map((reason) => `'${reason}'`)
      .join(', ')}]`,
  },
];

/** The rules of an admission webhook for the rows of the admission table that change the same thing. */
export function rulesFor(changes: AdmissionRow['changes']): readonly JsonObject[] {
  const rows: readonly AdmissionRow[] = admissionTable;
  return rows
    .filter((row) => row.changes === changes)
    .map(({ group, version, resource, operations }) => ({
      apiGroups: [group],
      apiVersions: [version],
      resources: [resource],
      operations,
      scope: 'Namespaced',
    }));
}
