import { describe, expect, it } from 'vitest';
import { errorOfAnswer } from '../../../src/kube/status.js';

const now = Date.parse('2026-01-01T00:00:00Z');
const asked = { method: 'GET', path: '/x' };

describe('errorOfAnswer', () => {
  it.each([
    ['seconds', '3', 3000],
    ['a date', 'Thu, 01 Jan 2026 00:00:05 GMT', 5000],
    ['a date that has passed', 'Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['nonsense', 'soon', undefined],
  ])('reads a Retry-After of %s', (_, retryAfter, expected) => {
    expect(errorOfAnswer(asked, { status: 429, retryAfter, body: '' }, now).retryAfterMs).toBe(expected);
  });

  it('reads the seconds of the Status where there is no header', () => {
    const body = '{"kind":"Status","details":{"retryAfterSeconds":2}}';
    expect(errorOfAnswer(asked, { status: 429, body }, now).retryAfterMs).toBe(2000);
  });

  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['causes of another type', '{"kind":"Status","details":{"causes":[null,1,{}]}}'],
    ['a message of another type', '{"kind":"Status","message":{"a":1},"reason":7}'],
    ['no JSON', '<html>'],
  ])('survives a body that is %s', (_, body) => {
    const error = errorOfAnswer(asked, { status: 500, body }, now);
    expect([error.message, error.causes]).toEqual(['GET /x: expected success, came 500', []]);
  });
});
