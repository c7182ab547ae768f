import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../src/errors.js';
import { createHandler, type Decided } from '../../../src/webhook/handler.js';
import { fakeClock } from '../../support/fake-clock.js';

const decided = { review: { response: { uid: 'u1', allowed: true } }, observation: {} } as Decided;

function setUp(decide: (review: unknown, bytes: number) => Decided = () => decided) {
  const observe = vi.fn<(observation: unknown, seconds: number) => void>();
  return { observe, handle: createHandler({ decide, observe, clock: fakeClock() }) };
}

describe('createHandler', () => {
  it('hands over the parsed review and its size, and answers with the decision as JSON', () => {
    const seen: unknown[] = [];
    const { handle } = setUp((...args) => {
      seen.push(args);
      return decided;
    });
    expect(handle(Buffer.from('{"é":1}')).body).toBe('{"response":{"uid":"u1","allowed":true}}');
    expect(seen).toEqual([[{ é: 1 }, 8]]);
  });

  it('observes after the answer is sent, not before', () => {
    const { handle, observe } = setUp();
    const { sent } = handle(Buffer.from('{}'));
    expect(observe).not.toHaveBeenCalled();
    sent?.();
    expect(observe).toHaveBeenCalledExactlyOnceWith(decided.observation, 0);
  });

  it.each([
    ['an empty body', ''],
    ['a cut body', '{"kind":"Admission'],
    ['a byte order mark', '\u{feff}{}'],
  ])('refuses %s and quotes nothing of it', (_, text) => {
    const { handle } = setUp();
    const refused = new AppError('review-invalid', 'the body is not JSON');
    expect(() => handle(Buffer.from(text))).toThrow(refused);
  });
});
