import type { FieldValidation } from '../api/call.js';
import type { ListOptions } from '../api/list.js';
import type { PatchType } from '../api/patch/patch.js';
import { badRequest, Faults } from '../api/status.js';
import type { WatchOptions } from '../api/watch.js';

/** Options that every write takes. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  /** '' where none is given. */
  readonly fieldManager: string;
}

/** @param name of the options' type, as the message names it: `CreateOptions` @throws StatusError 422 */
export function writeOptions(query: URLSearchParams, name: string, patch?: PatchType): WriteOptions {
  const faults = new Faults();
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  if (dryRun.some((value) => value !== 'All')) faults.unsupported('dryRun', dryRun, ['All']);
  const validation = query.get('fieldValidation') ?? '';
  if (!validations.includes(validation)) faults.unsupported('fieldValidation', validation, validations);
  const fieldManager = query.get('fieldManager') ?? '';
  if (fieldManager.length > 128) faults.tooLong('fieldManager', 128);
  checkApply(query, fieldManager, patch, faults);
  faults.check('meta.k8s.io', name, '');
  return {
    dryRun: dryRun.length > 0,
    fieldValidation: validation === '' ? 'Warn' : (validation as FieldValidation),
    fieldManager,
  };
}

function checkApply(
  query: URLSearchParams,
  manager: string,
  patch: PatchType | undefined,
  faults: Faults,
): void {
  if (patch === 'apply' && manager === '') faults.required('fieldManager', 'is required for apply patch');
  if (patch !== 'apply' && query.has('force'))
    faults.forbidden('force', 'may not be specified for non-apply patch');
}

const validations = ['', 'Ignore', 'Strict', 'Warn'];

export const listOptions = (query: URLSearchParams): ListOptions => ({
  resourceVersion: query.get('resourceVersion') ?? '',
  resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
  limit: numberOf(query, 'limit') ?? 0,
  continue: query.get('continue') ?? '',
});

export const watchOptions = (query: URLSearchParams): WatchOptions => ({
  resourceVersion: query.get('resourceVersion') ?? '',
  resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
  sendInitialEvents: flagOf(query, 'sendInitialEvents'),
  allowWatchBookmarks: flagOf(query, 'allowWatchBookmarks') ?? false,
});

export const flagOf = (query: URLSearchParams, name: string): boolean | undefined => {
  const value = query.get(name);
  return value === null ? undefined : value === 'true' || value === '1';
};

/** @throws StatusError 400 */
export function numberOf(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (/^-?\d+$/.test(value)) return Number(value);
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
}
