import type { Json } from '../../objects/json.js';
import type { Kind } from '../kinds/kind.js';

/** metav1.Status. */
export type Status = {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: { readonly continue?: string; readonly resourceVersion?: string };
  readonly status: 'Failure' | 'Success';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code: number;
};

export type StatusDetails = {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly Cause[];
  readonly retryAfterSeconds?: number;
};

export type Cause = { readonly reason: string; readonly message: string; readonly field: string };

/** A refusal, as the client gets it. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: Status;

  constructor(
    code: number,
    reason: string,
    message: string,
    details?: StatusDetails,
    metadata: Status['metadata'] = {},
  ) {
    super(message);
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata,
      status: 'Failure',
      message,
      ...(reason === '' ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

/** `name`, `group` and `kind` of an object, as details name it: the kind is the plural. */
export function detailsOf(kind: Kind, name: string): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.plural,
  };
}

export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message);

export const notFound = (kind: Kind, name: string): StatusError =>
  new StatusError(404, 'NotFound', `${kind.resource} "${name}" not found`, detailsOf(kind, name));

export const alreadyExists = (kind: Kind, name: string): StatusError =>
  new StatusError(409, 'AlreadyExists', `${kind.resource} "${name}" already exists`, detailsOf(kind, name));

export const conflict = (kind: Kind, name: string, why: string): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${kind.resource} "${name}": ${why}`,
    detailsOf(kind, name),
  );

/** Deletes name the kind, not the resource. */
export const conflictOnKind = (kind: Kind, name: string, why: string): StatusError => {
  const what = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  return new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${what} "${name}": ${why}`, {
    ...detailsOf(kind, name),
    kind: kind.kind,
  });
};

export const modified = (kind: Kind, name: string): StatusError =>
  conflict(
    kind,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );

export const forbidden = (kind: Kind, name: string, why: string, causes?: readonly Cause[]): StatusError =>
  new StatusError(403, 'Forbidden', `${kind.resource} "${name}" is forbidden: ${why}`, {
    ...detailsOf(kind, name),
    ...(causes === undefined ? {} : { causes }),
  });

export const methodNotAllowed = (): StatusError =>
  new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );

export const resourceNotFound = (): StatusError =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});

/** Kubernetes words an unforeseen error as a 500 without a reason, or with `InternalError` where it says so. */
export const internalError = (message: string): StatusError =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ reason: '', message, field: '' }],
  });

/** An error that the API server does not class. */
export const plainError = (message: string): StatusError => new StatusError(500, '', message);

/** 410: the revision is older than what is kept. */
export const expired = (message: string, metadata?: Status['metadata']): StatusError =>
  new StatusError(410, 'Expired', message, undefined, metadata);

export const tooLarge = (revision: string, current: number): StatusError =>
  new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${revision}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version', field: '' }],
    retryAfterSeconds: 1,
  });

/** What this API server knows of but does not do. */
export const notInTheBox = (what: string): StatusError =>
  new StatusError(501, 'NotImplemented', `the cluster in a box does not support ${what}`);

export function success(details?: StatusDetails, code = 200): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    ...(details === undefined ? {} : { details }),
    code,
  };
}

/** Collects what is wrong with an object, field by field, in the API server's words. */
export class Faults {
  readonly causes: Cause[] = [];

  required(field: string, detail = ''): void {
    this.#add('FieldValueRequired', field, detail === '' ? 'Required value' : `Required value: ${detail}`);
  }

  invalid(field: string, value: Json | undefined, detail: string): void {
    this.#add('FieldValueInvalid', field, `Invalid value: ${shown(value)}: ${detail}`);
  }

  /** A fault of a whole group of fields: no value is shown. */
  plainInvalid(field: string, detail: string): void {
    this.#add('FieldValueInvalid', field, `Invalid value: ${detail}`);
  }

  /** `came` and `expected` are types of JSON Schema. */
  typeInvalid(field: string, came: string, expected: string): void {
    const detail = `${field} in body must be of type ${expected}: ${shown(came)}`;
    this.#add('FieldValueTypeInvalid', field, `Invalid value: ${shown(came)}: ${detail}`);
  }

  unsupported(field: string, value: Json | undefined, supported: readonly string[]): void {
    const list = supported.map((text) => JSON.stringify(text)).join(', ');
    this.#add(
      'FieldValueNotSupported',
      field,
      `Unsupported value: ${shown(value)}: supported values: ${list}`,
    );
  }

  forbidden(field: string, detail: string): void {
    this.#add('FieldValueForbidden', field, `Forbidden: ${detail}`);
  }

  duplicate(field: string, value: Json | undefined): void {
    this.#add('FieldValueDuplicate', field, `Duplicate value: ${shown(value)}`);
  }

  notFound(field: string, value: string): void {
    this.#add('FieldValueNotFound', field, `Not found: ${shown(value)}`);
  }

  tooMany(field: string, count: number, max: number): void {
    this.#add('FieldValueTooMany', field, `Too many: ${count}: must have at most ${max} items`);
  }

  tooLong(field: string, max: number): void {
    this.#add('FieldValueTooLong', field, `Too long: may not be more than ${max} bytes`);
  }

  /** @throws StatusError 422 if anything was added */
  check(group: string, kind: string, name: string): void {
    if (this.causes.length === 0) return;
    const lines = [...new Set(this.causes.map(({ field, message }) => `${field}: ${message}`))];
    const [first = ''] = lines;
    const text = lines.length === 1 ? first : `[${lines.join(', ')}]`;
    const what = group === '' ? kind : `${kind}.${group}`;
    throw new StatusError(422, 'Invalid', `${what} "${name}" is invalid: ${text}`, {
      ...(name === '' ? {} : { name }),
      ...(group === '' ? {} : { group }),
      ...(kind === '' ? {} : { kind }),
      causes: this.causes,
    });
  }

  #add(reason: string, field: string, message: string): void {
    this.causes.push({ reason, message, field });
  }
}

function shown(value: Json | undefined): string {
  return value === undefined || value === null ? 'null' : JSON.stringify(value);
}
