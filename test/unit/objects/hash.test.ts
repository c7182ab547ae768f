import { describe, expect, it } from 'vitest';
import { hash32 } from '../../../src/objects/hash.js';

describe('hash32', () => {
  it.each([
    ['', 2872998923],
    ['nightly', 2531167562],
    ['prod/report-1', 2813544465],
    ['prod/report-2', 348221101],
  ])('of %j never changes', (text, hash) => {
    expect(hash32(text)).toBe(hash);
  });
});
