import type { Json, JsonObject } from '../../../objects/json.js';
import { isObject } from '../../../objects/json.js';
import type { Review } from '../../api/call.js';
import type { KubeObject } from '../../store/object.js';
import { at, textAt } from '../../store/object.js';
import type { Invocation } from './match.js';
import { converted } from './match.js';

/** The `request` of an AdmissionReview. */
export function requestOf(invocation: Invocation, review: Review, uid: string): JsonObject {
  const { call, operation, type, name, object, oldObject } = review;
  const namespace = call.kind.storage === 'namespaces' ? name : call.namespace;
  const sameType = type.kind === call.kind.kind;
  const kind = sameType ? invocation.kind : type;
  const { subresource } = call;
  const shown = (value: KubeObject | undefined): Json =>
    value === undefined ? null : sameType ? converted(invocation, review, value) : value;
  return {
    uid,
    kind: { group: kind.group, version: kind.version, kind: kind.kind },
    resource: {
      group: invocation.kind.group,
      version: invocation.kind.version,
      resource: invocation.kind.plural,
    },
    ...(subresource === '' ? {} : { subResource: subresource }),
    requestKind: { group: type.group, version: type.version, kind: type.kind },
    requestResource: { group: call.kind.group, version: call.kind.version, resource: call.kind.plural },
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: userInfo(review),
    object: shown(object as unknown as KubeObject | undefined),
    oldObject: shown(oldObject),
    dryRun: call.dryRun,
    options: optionsOf(review),
  };
}

function userInfo({ call: { user } }: Review): JsonObject {
  return {
    username: user.username,
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    groups: user.groups,
  };
}

const optionKinds = {
  CREATE: 'CreateOptions',
  UPDATE: 'UpdateOptions',
  DELETE: 'DeleteOptions',
  CONNECT: '',
};

function optionsOf({ call, operation }: Review): JsonObject {
  return {
    kind: optionKinds[operation],
    apiVersion: 'meta.k8s.io/v1',
    ...(call.dryRun ? { dryRun: ['All'] } : {}),
    ...(operation === 'DELETE' || call.fieldManager === undefined ? {} : { fieldManager: call.fieldManager }),
    ...(operation === 'DELETE' ? {} : { fieldValidation: call.fieldValidation }),
  };
}

/** What a webhook answered, checked. */
export interface Response {
  readonly allowed: boolean;
  /** RFC 6902, still encoded; undefined for no change. */
  readonly patch: string | undefined;
  readonly status: JsonObject | undefined;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

/** An answer that breaks the contract of admission.k8s.io/v1: covered by the failure policy. */
export class InvalidResponse extends Error {
  override readonly name = 'InvalidResponse';
}

/** @throws InvalidResponse in the words of k8s.io/apiserver/pkg/admission/plugin/webhook/request */
export function responseOf(answer: Json, uid: string, mutating: boolean): Response {
  const response = at(answer, 'response');
  if (!isObject(response)) throw new InvalidResponse('webhook response was absent');
  const given = textAt(response, 'uid');
  if (given !== uid) throw new InvalidResponse(`expected response.uid="${uid}", got "${given}"`);
  const gvk = gvkOf(answer);
  const wanted = 'admission.k8s.io/v1, Kind=AdmissionReview';
  if (gvk !== wanted) throw new InvalidResponse(`expected webhook response of ${wanted}, got ${gvk}`);
  const status = response['status'];
  return {
    allowed: response['allowed'] === true,
    patch: patchOf(response, mutating),
    status: isObject(status) ? status : undefined,
    warnings: textsOf(response['warnings']),
    auditAnnotations: (isObject(response['auditAnnotations'])
      ? response['auditAnnotations']
      : {}) as Readonly<Record<string, string>>,
  };
}

function gvkOf(answer: Json): string {
  const apiVersion = textAt(answer, 'apiVersion');
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${textAt(answer, 'kind')}`;
}

const textsOf = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

function patchOf(response: JsonObject, mutating: boolean): string | undefined {
  const patch = textAt(response, 'patch');
  const type = response['patchType'] ?? undefined;
  const fault = mutating ? mutatingFault(patch, type) : validatingFault(patch, type);
  if (fault !== undefined) throw new InvalidResponse(fault);
  return patch === '' ? undefined : Buffer.from(patch, 'base64').toString();
}

function validatingFault(patch: string, type: Json | undefined): string | undefined {
  if (patch !== '') return 'validating webhook may not return response.patch';
  return type === undefined ? undefined : 'validating webhook may not return response.patchType';
}

/** `patch` and `patchType` go together: both or neither. */
function mutatingFault(patch: string, type: Json | undefined): string | undefined {
  if (type === undefined) {
    return patch === '' ? undefined : 'webhook returned response.patch but not response.patchType';
  }
  if (patch === '') return 'webhook returned response.patchType but not response.patch';
  if (type === '') return 'webhook returned invalid response.patchType of ""';
  return type === 'JSONPatch' ? undefined : `unsupported patch type ${JSON.stringify(type)}`;
}
