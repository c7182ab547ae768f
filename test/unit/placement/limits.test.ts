import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import { checkAnnotations, checkObject } from '../../../src/placement/limits.js';

describe('checkAnnotations', () => {
  it.each([
    ['exactly 256 KiB, keys and values together', { 'a/b': 'x'.repeat(262_141) }],
    ['none', undefined],
    ['a null', null],
    ['a null among them', { a: null }],
  ])('lets %s through', (_, annotations) => {
    expect(() => {
      checkAnnotations({ annotations }, '/metadata');
    }).not.toThrow();
  });

  it.each([
    ['a byte more', { 'a/b': 'x'.repeat(262_142) }, 262_145],
    ['characters of several bytes', { a: 'é'.repeat(131_072) }, 262_145],
  ])('refuses %s', (_, annotations, bytes) => {
    const message = `/metadata/annotations: expected at most 262144 bytes with ours, got ${bytes}`;
    expect(() => {
      checkAnnotations({ annotations }, '/metadata');
    }).toThrow(new AppError('annotations-too-large', message));
  });
});

describe('checkObject', () => {
  const objectOf = (bytes: number) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) });

  it('measures only what may be too large', () => {
    const unmeasurable = { toJSON: () => expect.fail('measured') } as never;
    expect(() => {
      checkObject(unmeasurable, 1_400_000);
    }).not.toThrow();
  });

  it('lets 1.4 MB through', () => {
    expect(() => {
      checkObject(objectOf(1_400_000), 9_000_000);
    }).not.toThrow();
  });

  it('refuses a byte more', () => {
    expect(() => {
      checkObject(objectOf(1_400_001), 9_000_000);
    }).toThrow(new AppError('object-too-large', 'expected an object of at most 1400000 bytes, got 1400001'));
  });
});
