import type { Resource } from '../kube/resource.js';
import type { JsonObject } from '../objects/json.js';
import { at } from './look.js';
import type { DoctorClient } from './reader.js';

/** One thing that somebody asks of the API server, as RBAC sees it. */
export interface Access {
  readonly verb: string;
  /** '' for core. */
  readonly group: string;
  /** `pods`, `pods/binding` */
  readonly resource: string;
  /** Default: every namespace. */
  readonly namespace?: string;
  /** Default: any. */
  readonly name?: string;
}

/** Somebody by name and groups; undefined: who asks. */
export type Subject = { readonly user: string; readonly groups: readonly string[] } | undefined;

/** A service account, with the groups that the API server puts every one into. */
export const serviceAccount = (namespace: string, name: string): Subject => ({
  user: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});

/** What of these things somebody may not do. @throws {KubeError} */
export async function refusedOf(
  client: Pick<DoctorClient, 'create'>,
  subject: Subject,
  wanted: readonly Access[],
): Promise<readonly Access[]> {
  const allowed = await Promise.all(wanted.map((access) => mayDo(client, subject, access)));
  return wanted.filter((_, i) => allowed[i] !== true);
}

async function mayDo(client: Pick<DoctorClient, 'create'>, subject: Subject, access: Access) {
  const resourceAttributes = attributesOf(access);
  const [resource, spec] =
    subject === undefined
      ? [selfReviews, { resourceAttributes }]
      : [reviews, { ...subject, resourceAttributes }];
  const answer = await client.create(resource, {}, { spec });
  return at(answer, 'status', 'allowed') === true;
}

function attributesOf({ resource, ...rest }: Access): JsonObject {
  const [plural = '', subresource] = resource.split('/');
  return { ...rest, resource: plural, ...(subresource === undefined ? {} : { subresource }) };
}

const review = (plural: string, kind: string): Resource => ({
  group: 'authorization.k8s.io',
  version: 'v1',
  plural,
  kind,
  namespaced: false,
});
const reviews = review('subjectaccessreviews', 'SubjectAccessReview');
const selfReviews = review('selfsubjectaccessreviews', 'SelfSubjectAccessReview');

/** `list pods, watch pods, get secrets "a" in x`: what a message names. */
export function textOf({ verb, group, resource, namespace, name }: Access): string {
  const [plural = '', subresource] = resource.split('/');
  const kind = group === '' ? plural : `${plural}.${group}`;
  const whole = subresource === undefined ? kind : `${kind}/${subresource}`;
  const which = name === undefined ? '' : ` ${JSON.stringify(name)}`;
  return `${verb} ${whole}${which}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
