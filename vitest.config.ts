import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**'],
    // Generous: a busy machine is no fault of the code. Nothing here is a claim about time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
