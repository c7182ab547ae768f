import { isObject, type Json, type JsonObject } from '../objects/json.js';
import { applyPatch } from '../placement/apply.js';
import type { Operation } from '../placement/patch.js';
import type { Snapshot } from '../placement/snapshot.js';
import { admit, type Admitted } from '../webhook/admit.js';
import type { ReviewAnswer } from '../webhook/review.js';
import type { Manifest } from './read.js';

/** What became of one manifest. */
export interface Reviewed extends Admitted {
  readonly manifest: Manifest;
  readonly namespace: string;
  readonly operations: readonly Operation[];
  /** The object with the operations applied. */
  readonly after: JsonObject;
}

/** Puts a manifest before the very same `admit` that the webhook calls. `namespace`: of a manifest without one. */
export function reviewManifest(manifest: Manifest, namespace: string, snapshot: Snapshot): Reviewed {
  const review = reviewOf(manifest, namespace, 'tidegate');
  const text = JSON.stringify(review);
  const admitted = admit(JSON.parse(text), snapshot, Buffer.byteLength(text));
  const operations = operationsOf(admitted.review);
  return {
    ...admitted,
    manifest,
    namespace: namespaceOf(manifest, namespace),
    operations,
    after: applied(manifest.object, operations),
  };
}

/** The AdmissionReview by which an API server asks about the creation of an object. */
export function reviewOf(manifest: Manifest, namespace: string, uid: string): JsonObject {
  const [group, version] = splitVersion(manifest.apiVersion);
  const kind = { group, version, kind: manifest.kind };
  const resource = { group, version, resource: `${manifest.kind.toLowerCase()}s` };
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      kind,
      resource,
      requestKind: kind,
      requestResource: resource,
      name: nameOf(manifest),
      namespace: namespaceOf(manifest, namespace),
      operation: 'CREATE',
      userInfo: { username: 'tidegate', groups: ['system:authenticated'] },
      object: manifest.object,
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  };
}

/** The operations that an answer asks for. */
export function operationsOf({ response: { patch } }: ReviewAnswer): readonly Operation[] {
  return patch === undefined ? [] : (JSON.parse(Buffer.from(patch, 'base64').toString()) as Operation[]);
}

/** @throws {AppError} patch-invalid, where an operation does not apply. */
export function applied(object: JsonObject, operations: readonly Operation[]): JsonObject {
  // By way of text: what YAML aliases share must not be shared here.
  const after = JSON.parse(JSON.stringify(object)) as JsonObject;
  applyPatch(after, operations);
  return after;
}

/** The manifest's own, else what was given for those without. */
export const namespaceOf = (manifest: Manifest, given: string): string =>
  text(metadataOf(manifest)['namespace']) || given;

export const nameOf = (manifest: Manifest): string => text(metadataOf(manifest)['name']);

/** `CronJob apps/report`. */
export function titleOf(manifest: Manifest, namespace: string): string {
  const name = nameOf(manifest) || `${text(metadataOf(manifest)['generateName'])}…`;
  return `${manifest.kind} ${namespaceOf(manifest, namespace)}/${name}`;
}

const metadataOf = ({ object: { metadata } }: Manifest): JsonObject => (isObject(metadata) ? metadata : {});

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** `batch/v1` → group and version; the core group has no name. */
function splitVersion(apiVersion: string): readonly [group: string, version: string] {
  const slash = apiVersion.indexOf('/');
  return [apiVersion.slice(0, Math.max(0, slash)), apiVersion.slice(slash + 1)];
}
