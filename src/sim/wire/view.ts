import type { Json, JsonObject } from '../../objects/json.js';
import type { Kind } from '../kinds/kind.js';
import type { ObjectList } from '../api/list.js';
import { StatusError } from '../api/status.js';
import type { KubeObject, Meta } from '../store/object.js';
import { builtinColumns } from './columns.js';
import type { Columns } from './columns.js';
import { customColumns } from './custom-columns.js';
import type { Wanted } from './negotiate.js';

/** How a request wants its answer. */
export interface View {
  readonly kind: Kind;
  readonly wanted: Wanted;
  /** What a table's rows carry of the object. */
  readonly includeObject: string;
  readonly nowMs: number;
}

/** @throws StatusError 406 where a list is asked of one object */
export function viewObject(view: View, object: KubeObject): Json {
  switch (view.wanted.as) {
    case 'Table':
      return tableOf(view, [object], { resourceVersion: object.metadata.resourceVersion });
    case 'PartialObjectMetadata':
      return metadataOf(object);
    case 'PartialObjectMetadataList':
      throw notAcceptable(
        `you requested PartialObjectMetadataList, but the requested object is not a list (${view.kind.kind})`,
      );
    default:
      return object;
  }
}

/** @throws StatusError 406 where one object is asked of a list */
export function viewList(view: View, list: ObjectList): Json {
  const metadata = {
    resourceVersion: String(list.revision),
    ...(list.continue === undefined ? {} : { continue: list.continue }),
    ...(list.remaining === undefined ? {} : { remainingItemCount: list.remaining }),
  };
  switch (view.wanted.as) {
    case 'Table':
      return tableOf(view, list.items, metadata);
    case 'PartialObjectMetadataList':
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata,
        items: list.items.map(metadataOf),
      };
    case 'PartialObjectMetadata':
      throw notAcceptable(
        `you requested PartialObjectMetadata, but the requested object is a list (${view.kind.listKind})`,
      );
    default:
      return {
        kind: view.kind.listKind,
        apiVersion: view.kind.apiVersion,
        metadata,
        items: list.items.map((item) => itemOf(view.kind, item)),
      };
  }
}

/** Items of typed lists do not repeat their type; those of custom kinds do. */
function itemOf(kind: Kind, item: KubeObject): JsonObject {
  if (kind.custom !== undefined) return item;
  return { ...item, apiVersion: undefined, kind: undefined };
}

const notAcceptable = (message: string): StatusError => new StatusError(406, 'NotAcceptable', message);

export const metadataOf = (object: KubeObject): JsonObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
});

/** One event of a watch; `first` tells whether a table still has to name its columns. */
export function viewEventObject(view: View, object: KubeObject, first: boolean): Json {
  if (view.wanted.as === 'PartialObjectMetadataList') return metadataOf(object);
  const shown = viewObject(view, object);
  return first || view.wanted.as !== 'Table' ? shown : { ...(shown as JsonObject), columnDefinitions: null };
}

/** What a bookmark carries. */
export function viewBookmark(view: View, metadata: Partial<Meta>): Json {
  switch (view.wanted.as) {
    case 'Table':
      return {
        kind: 'Table',
        apiVersion: 'meta.k8s.io/v1',
        metadata: {},
        columnDefinitions: null,
        rows: [
          { cells: [], object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } },
        ],
      };
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
    default:
      return { kind: view.kind.kind, apiVersion: view.kind.apiVersion, metadata };
  }
}

function tableOf(view: View, objects: readonly KubeObject[], metadata: JsonObject): Json {
  const { columns, cells } = columnsOf(view.kind);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map((column) => ({ ...column, description: '' })),
    rows: objects.map((object) => ({
      cells: cells(object, view.nowMs),
      object: rowObject(view.includeObject, object),
    })),
  };
}

const columnsOf = (kind: Kind): Columns =>
  kind.custom === undefined ? builtinColumns(kind.storage) : customColumns(kind.custom);

function rowObject(includeObject: string, object: KubeObject): Json {
  if (includeObject === 'None') return null;
  return includeObject === 'Object' ? object : metadataOf(object);
}
