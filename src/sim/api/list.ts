import { CompactedError } from '../store/history.js';
import { keyOfObject } from '../store/object.js';
import type { KubeObject } from '../store/object.js';
import { firstWhere } from '../store/table.js';
import type { Core } from './call.js';
import { checkNotInFuture, everything, parseRevision, selects } from './read.js';
import type { Selection } from './read.js';
import { badRequest, expired, Faults } from './status.js';

export interface ListOptions {
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  /** 0: no pages. */
  readonly limit: number;
  readonly continue: string;
}

export interface ObjectList {
  readonly revision: number;
  readonly items: readonly KubeObject[];
  /** Where there is more. */
  readonly continue?: string;
  /** Only where no selector hides how many there are. */
  readonly remaining?: number;
}

/** @throws StatusError 400, 410, 422 or 504 */
export function listObjects(core: Core, selection: Selection, options: ListOptions): ObjectList {
  checkOptions(options);
  const from = startOf(core, options);
  const { objects, revision } = snapshot(core, selection, from);
  const { found, next } = page(selection, objects, from.after, options.limit);
  const last = found.at(-1);
  if (last === undefined || next === undefined) return { revision, items: found };
  const token = tokenOf({ rv: from.consistent ? revision : -1, start: keyOfObject(last) });
  const remaining = everything(selection) ? { remaining: objects.length - next } : {};
  return { revision, items: found, continue: token, ...remaining };
}

/**
 * @returns what is found, and where to go on: as with etcd, wherever objects are left, though the selector may want
 *   none of them
 */
function page(
  selection: Selection,
  objects: readonly KubeObject[],
  after: string,
  limit: number,
): { readonly found: readonly KubeObject[]; readonly next: number | undefined } {
  const found: KubeObject[] = [];
  for (let at = after === '' ? 0 : firstAfter(objects, after); at < objects.length; at++) {
    const object = shown(selection, objects[at]);
    if (object !== undefined) found.push(object);
    if (found.length === limit && limit > 0 && at + 1 < objects.length) return { found, next: at + 1 };
  }
  return { found, next: undefined };
}

interface Start {
  /** undefined: now. */
  readonly revision: number | undefined;
  /** Key after which to go on. */
  readonly after: string;
  readonly consistent: boolean;
}

function startOf(core: Core, options: ListOptions): Start {
  if (options.continue !== '') {
    const { rv, start } = readToken(options.continue);
    return rv < 0
      ? { revision: undefined, after: start, consistent: false }
      : { revision: rv, after: start, consistent: true };
  }
  if (options.resourceVersion === '') return { revision: undefined, after: '', consistent: true };
  const revision = parseRevision(options.resourceVersion);
  checkNotInFuture(core, revision);
  const exact =
    options.resourceVersionMatch === 'Exact' ||
    (options.resourceVersionMatch === '' && options.limit > 0 && revision > 0);
  return { revision: exact ? revision : undefined, after: '', consistent: true };
}

function snapshot(
  core: Core,
  selection: Selection,
  from: Start,
): { readonly objects: readonly KubeObject[]; readonly revision: number } {
  const { storage } = selection.kind;
  if (from.revision === undefined) {
    return { objects: core.store.list(storage, selection.namespace), revision: core.store.revision };
  }
  try {
    const { objects } = core.store.snapshot(storage, from.revision);
    const { namespace } = selection;
    const own =
      namespace === '' ? objects : objects.filter((object) => object.metadata.namespace === namespace);
    return { objects: own, revision: from.revision };
  } catch (error) {
    if (error instanceof CompactedError) throw tooOld(from, error);
    throw error;
  }
}

/** A continued list may go on without being consistent; the answer says how. */
function tooOld(from: Start, error: CompactedError): Error {
  if (from.after === '') {
    return expired(`The resourceVersion for the provided list is too old. (oldest kept: ${error.oldest})`);
  }
  return expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    { continue: tokenOf({ rv: -1, start: from.after }) },
  );
}

function firstAfter(objects: readonly KubeObject[], key: string): number {
  return firstWhere(objects, (object) => keyOfObject(object) > key);
}

function shown(selection: Selection, stored: KubeObject | undefined): KubeObject | undefined {
  if (stored === undefined) return undefined;
  const object = selection.kind.fromStorage(stored);
  return selects(selection, object) ? object : undefined;
}

interface Token {
  /** -1: whatever is there now. */
  readonly rv: number;
  /** Key of the last object seen. */
  readonly start: string;
}

const tokenOf = (token: Token): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...token })).toString('base64url');

function readToken(text: string): Token {
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<Token>;
    if (typeof token.rv === 'number' && typeof token.start === 'string')
      return { rv: token.rv, start: token.start };
  } catch {
    // told below
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

const matches = ['Exact', 'NotOlderThan', ''];

/** k8s.io/apimachinery/pkg/apis/meta/internalversion/validation */
function checkOptions(options: ListOptions): void {
  const { resourceVersion, resourceVersionMatch: match } = options;
  if (match !== '') checkMatch(match, resourceVersion, options.continue);
  if (options.continue !== '' && resourceVersion !== '' && resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
}

function checkMatch(match: string, resourceVersion: string, token: string): void {
  const faults = new Faults();
  const field = 'resourceVersionMatch';
  if (resourceVersion === '') {
    faults.forbidden(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided');
  }
  if (token !== '') faults.forbidden(field, 'resourceVersionMatch is forbidden when continue is provided');
  if (!matches.includes(match)) faults.unsupported(field, match, matches);
  if (match === 'Exact' && resourceVersion === '0') {
    faults.forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  faults.check('meta.k8s.io', 'ListOptions', '');
}
