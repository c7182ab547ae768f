import type { Kind } from '../kinds/kind.js';
import { CompactedError } from '../store/history.js';
import type { StoreEvent } from '../store/history.js';
import type { KubeObject } from '../store/object.js';
import type { Core } from './call.js';
import { parseRevision, selects } from './read.js';
import type { Selection } from './read.js';
import { expired, Faults, plainError, StatusError } from './status.js';
import type { Status } from './status.js';

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly revision: number; readonly initialEventsEnd: boolean }
  | { readonly type: 'ERROR'; readonly status: Status };

export interface WatchOptions {
  /** '' and '0': begin with what is there. */
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly sendInitialEvents: boolean | undefined;
  readonly allowWatchBookmarks: boolean;
}

/**
 * Hands over what a watch begins with, at once, then every later change, in order. An expired revision arrives as an
 * ERROR event with status 410, as from the real thing, and is the last event.
 * @returns a function that ends the watch
 */
export function watchObjects(
  core: Core,
  selection: Selection,
  options: WatchOptions,
  handle: (event: WatchEvent) => void,
): () => void {
  checkOptions(options);
  const initial =
    options.sendInitialEvents ?? (options.resourceVersion === '' || options.resourceVersion === '0');
  try {
    if (initial) sendCurrent(core, selection, options, handle);
    else sendSince(core, selection, options, handle);
  } catch (error) {
    if (!(error instanceof CompactedError)) throw error;
    handle({ type: 'ERROR', status: tooOld(options.resourceVersion, error.oldest).status });
    return () => undefined;
  }
  return core.store.watch(selection.kind.storage, (event) => {
    const seen = eventFor(selection, event);
    if (seen !== undefined) handle(seen);
  });
}

function sendCurrent(
  core: Core,
  selection: Selection,
  options: WatchOptions,
  handle: (event: WatchEvent) => void,
): void {
  for (const stored of core.store.list(selection.kind.storage, selection.namespace)) {
    const object = selection.kind.fromStorage(stored);
    if (selects(selection, object)) handle({ type: 'ADDED', object });
  }
  if (options.sendInitialEvents === true && options.allowWatchBookmarks) {
    handle({ type: 'BOOKMARK', revision: core.store.revision, initialEventsEnd: true });
  }
}

function sendSince(
  core: Core,
  selection: Selection,
  options: WatchOptions,
  handle: (event: WatchEvent) => void,
): void {
  const revision =
    options.resourceVersion === '' ? core.store.revision : watchRevision(options.resourceVersion);
  for (const event of core.store.since(selection.kind.storage, revision)) {
    const seen = eventFor(selection, event);
    if (seen !== undefined) handle(seen);
  }
}

/** A watch that starts with nonsense fails with 500, where a list does with 400. */
function watchRevision(text: string): number {
  try {
    return parseRevision(text);
  } catch (error) {
    if (error instanceof StatusError)
      throw plainError(error.message.replace('invalid resource version: ', ''));
    throw error;
  }
}

const tooOld = (asked: string, oldest: number): StatusError =>
  expired(`too old resource version: ${asked} (${oldest})`);

/** A change as the selection sees it: an object that leaves it is DELETED, one that enters is ADDED. */
function eventFor(selection: Selection, event: StoreEvent): WatchEvent | undefined {
  const { kind } = selection;
  const { previous } = event;
  const is = event.type !== 'DELETED' && selects(selection, kind.fromStorage(event.object));
  const was = previous !== undefined && selects(selection, kind.fromStorage(previous));
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: kind.fromStorage(event.object) };
  if (!was) return undefined;
  return { type: 'DELETED', object: lastSeen(kind, event, previous) };
}

/** What went is shown as it last matched, with the revision of its going. */
function lastSeen(kind: Kind, event: StoreEvent, previous: KubeObject): KubeObject {
  if (event.type === 'DELETED') return kind.fromStorage(event.object);
  const { resourceVersion } = event.object.metadata;
  return kind.fromStorage({ ...previous, metadata: { ...previous.metadata, resourceVersion } });
}

function checkOptions(options: WatchOptions): void {
  const faults = new Faults();
  const field = 'resourceVersionMatch';
  const initial = options.sendInitialEvents;
  if (initial === undefined && options.resourceVersionMatch !== '') {
    faults.forbidden(
      field,
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    );
  }
  if (initial !== undefined && options.resourceVersionMatch !== 'NotOlderThan') {
    faults.forbidden(field, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  }
  faults.check('meta.k8s.io', 'ListOptions', '');
}
