import { describe, expect, it } from 'vitest';
import { onTermination } from '../../../src/cmd/signals.js';

describe('onTermination', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'hears %s, and takes a second signal for a hurry',
    async (signal) => {
      const termination = onTermination();
      try {
        process.emit(signal, signal);
        expect(await termination.asked).toBe(signal);
        expect(termination.hurry.aborted).toBe(false);
        process.emit('SIGINT', 'SIGINT');
        expect(termination.hurry.aborted).toBe(true);
      } finally {
        termination.forget();
      }
    },
  );

  it('leaves no listener behind', () => {
    const before = process.listenerCount('SIGTERM');
    const termination = onTermination();
    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    termination.forget();
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});
