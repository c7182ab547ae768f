import { AppError } from '../errors.js';
import { isObject, typeName, type JsonObject } from '../objects/json.js';

/** What is read of an `admission.k8s.io/v1` AdmissionReview's request. */
export interface ReviewRequest {
  readonly uid: string;
  readonly group: string;
  readonly kind: string;
  readonly subResource: string;
  readonly operation: string;
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: boolean;
  readonly username: string;
  /** Null on DELETE. */
  readonly object: JsonObject | null;
  /** As it was before an UPDATE. */
  readonly oldObject: JsonObject | null;
}

/**
 * The envelope, strictly; what is inside `object` is not looked at.
 *
 * @throws {AppError} review-invalid, where there is nothing that could be answered: no v1 AdmissionReview, no uid.
 */
export function parseReview(body: unknown): ReviewRequest {
  if (!isObject(body)) throw invalid('the body', 'an AdmissionReview', typeName(body));
  if (body['kind'] !== 'AdmissionReview') throw invalid('kind', 'AdmissionReview', show(body['kind']));
  if (body['apiVersion'] !== 'admission.k8s.io/v1') {
    throw invalid('apiVersion', 'admission.k8s.io/v1', show(body['apiVersion']));
  }
  const request = body['request'];
  if (!isObject(request)) throw invalid('request', 'an object', typeName(request));
  const uid = request['uid'];
  if (typeof uid !== 'string' || uid === '') throw invalid('request.uid', 'a text', show(uid));

  const { object, oldObject } = request;
  return {
    uid,
    group: text(member(request['kind'], 'group')),
    kind: text(member(request['kind'], 'kind')),
    subResource: text(request['subResource']),
    operation: text(request['operation']),
    namespace: text(request['namespace']),
    name: text(request['name']),
    dryRun: request['dryRun'] === true,
    username: text(member(request['userInfo'], 'username')),
    object: isObject(object) ? object : null,
    oldObject: isObject(oldObject) ? oldObject : null,
  };
}

/** An `admission.k8s.io/v1` AdmissionReview with its response. It always allows. */
export interface ReviewAnswer {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: {
    readonly uid: string;
    readonly allowed: true;
    /** Base64 of an RFC 6902 patch. With `patchType`, or neither. */
    readonly patch?: string;
    readonly patchType?: 'JSONPatch';
    readonly warnings?: readonly string[];
    readonly auditAnnotations?: Readonly<Record<string, string>>;
  };
}

/** `patch`: RFC 6902 JSON, or empty. */
export function answer(
  uid: string,
  patch: string,
  warnings: readonly string[],
  auditAnnotations: Readonly<Record<string, string>>,
): ReviewAnswer {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: true,
      ...(patch === '' ? {} : { patchType: 'JSONPatch', patch: Buffer.from(patch).toString('base64') }),
      ...(warnings.length === 0 ? {} : { warnings: warnings.map(fitWarning) }),
      auditAnnotations,
    },
  };
}

/**
 * Longer warnings may be cut, and text that is no header value is dropped without a word
 * (https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response).
 */
function fitWarning(warning: string): string {
  const line = warning.replaceAll(/[^\x20-\x7e]+/g, ' ');
  return line.length <= maxWarning ? line : `${line.slice(0, maxWarning - 3)}...`;
}

const maxWarning = 120;

const member = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const show = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : typeName(value);

const invalid = (where: string, expected: string, got: string): AppError =>
  new AppError('review-invalid', `${where}: expected ${expected}, got ${got}`);
