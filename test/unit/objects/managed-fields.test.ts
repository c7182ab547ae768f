import { describe, expect, it } from 'vitest';
import { annotationWriters } from '../../../src/objects/managed-fields.js';

const owns = (manager: string, ...annotations: string[]) => ({
  manager,
  operation: 'Update',
  fieldsType: 'FieldsV1',
  fieldsV1: {
    'f:metadata': { 'f:annotations': Object.fromEntries(annotations.map((name) => [`f:${name}`, {}])) },
  },
});

describe('annotationWriters', () => {
  it('names who owns the annotation, and nobody who owns another', () => {
    const managedFields = [owns('a', 'x.io/one'), owns('b', 'x.io/two'), owns('c', 'x.io/one', 'x.io/two')];
    expect(annotationWriters({ managedFields }, 'x.io/one')).toEqual(['a', 'c']);
  });

  it.each([
    ['no managedFields', {}],
    ['a manager that owns no annotation', { managedFields: [{ manager: 'a', fieldsV1: { 'f:spec': {} } }] }],
    ['entries of the wrong type', { managedFields: [null, 'a', { manager: 'a' }, { fieldsV1: 7 }] }],
    ['managedFields of the wrong type', { managedFields: 'a' }],
  ])('is empty with %s', (_, metadata) => {
    expect(annotationWriters(metadata, 'x.io/one')).toEqual([]);
  });
});
