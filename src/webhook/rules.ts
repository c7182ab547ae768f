import { AppError } from '../errors.js';
import { admissionTable, type AdmissionRow } from '../objects/admission.js';
import { typeName, type JsonObject } from '../objects/json.js';
import type { WorkloadKind } from '../objects/workload.js';
import type { Reason } from '../policy/reasons.js';
import type { ReviewRequest } from './review.js';

type Handled =
  | { readonly kind: WorkloadKind; readonly object: JsonObject; readonly because?: undefined }
  | { readonly because: Reason };

/**
 * The kind of a workload whose template may be changed by this request, by the admission table.
 *
 * @throws {AppError} object-invalid, where the object is missing or of another kind than the request says.
 */
export function handledKind(request: ReviewRequest): Handled {
  const row = rows.find(({ kind, group }) => kind === request.kind && group === request.group);
  if (row?.kind === undefined) return { because: 'kind-not-handled' };
  if (request.subResource !== '') return { because: 'subresource' };
  if (!row.operations.some((operation) => operation === request.operation)) {
    return { because: 'operation-not-handled' };
  }
  const { object } = request;
  if (object === null) throw new AppError('object-invalid', 'request.object: expected an object, got null');
  const kind = object['kind'] ?? row.kind;
  if (kind !== row.kind) {
    const got = typeof kind === 'string' ? JSON.stringify(kind) : typeName(kind);
    throw new AppError('object-invalid', `/kind: expected ${row.kind}, got ${got}`);
  }
  return { kind: row.kind, object };
}

const rows: readonly AdmissionRow[] = admissionTable.filter(({ changes }) => changes === 'template');
