import { describe, expect, it } from 'vitest';
import { durationText, rangeText } from '../../../src/doctor/duration.js';

const minute = 60_000;

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [499, '0 s'],
    [45_000, '45 s'],
    [119_000, '119 s'],
    [2 * minute, '2 min'],
    [119 * minute, '119 min'],
    [125 * minute, '2 h 5 min'],
  ])('of %i ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it.each([
    [8 * minute, 12 * minute, '8 to 12 min'],
    [90_000, 3 * minute, '90 s to 3 min'],
    [60 * minute, 121 * minute, '60 min to 2 h 1 min'],
    [120 * minute, 130 * minute, '2 h 0 min to 2 h 10 min'],
    [0, 0, '0 s'],
    [0, 499, '0 s'],
  ])('from %i to %i ms is %s', (least, most, text) => {
    expect(rangeText({ least, most })).toBe(text);
  });
});
