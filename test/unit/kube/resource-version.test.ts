import { describe, expect, it } from 'vitest';
import { isOlder } from '../../../src/kube/resource-version.js';

describe('isOlder', () => {
  it.each([
    ['a smaller number', '9', '10', true],
    ['a larger number', '10', '9', false],
    ['the same number', '10', '10', false],
    ['a smaller number beyond 2^53', '9007199254740993', '9007199254740994', true],
    ['a larger number beyond 2^53', '9007199254740994', '9007199254740993', false],
    ['a text', 'abc', '10', false],
    ['a number against a text', '1', 'abc', false],
    ['a leading zero', '009', '10', false],
    ['nothing', '', '10', false],
  ])('%s', (_, version, than, expected) => {
    expect(isOlder(version, than)).toBe(expected);
  });
});
