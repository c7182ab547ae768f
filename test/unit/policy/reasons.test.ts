import { describe, expect, it } from 'vitest';
import { isReason, reasons } from '../../../src/policy/reasons.js';

describe('reasons', () => {
  it.each(Object.entries(reasons))('%s is kebab-case and one short sentence', (id, sentence) => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(sentence.length).toBeLessThanOrEqual(100);
    expect(sentence).toMatch(/[a-zA-Z0-9]$/);
  });

  it('knows its ids and nothing inherited', () => {
    expect(isReason('host-path')).toBe(true);
    expect(isReason('toString')).toBe(false);
  });
});
