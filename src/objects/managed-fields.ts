import { isObject, type JsonObject } from './json.js';

/**
 * Who wrote an annotation, by `metadata.managedFields`: the field managers that own it. Empty where nobody does, as
 * after a Binding, whose annotations the API server records for nobody
 * (pkg/registry/core/pod/storage/storage.go `setPodNodeAndMetadata`).
 */
export function annotationWriters(metadata: JsonObject, annotation: string): readonly string[] {
  const { managedFields } = metadata;
  if (!Array.isArray(managedFields)) return [];
  return managedFields.flatMap((entry: unknown) => {
    if (!isObject(entry) || !ownsAnnotation(entry['fieldsV1'], `f:${annotation}`)) return [];
    return typeof entry['manager'] === 'string' ? [entry['manager']] : [];
  });
}

function ownsAnnotation(fields: unknown, key: string): boolean {
  const metadata = isObject(fields) ? fields['f:metadata'] : undefined;
  const annotations = isObject(metadata) ? metadata['f:annotations'] : undefined;
  return isObject(annotations) && annotations[key] !== undefined;
}
