import { describe, expect, it } from 'vitest';
import { readFlags, usage } from '../../../src/cmd/scheduler-flags.js';
import { AppError } from '../../../src/errors.js';

describe('the flags of the scheduler', () => {
  it('have the defaults that the usage text tells', () => {
    const flags = readFlags([]);
    expect(flags).toMatchObject({
      name: 'tidegate-scheduler',
      policies: undefined,
      leaderElection: true,
      pool: { key: 'tidegate.io/fallback', value: 'enabled' },
      headroom: 0.1,
      noProgressMs: 60_000,
      concurrency: 64,
      bindsPerSecond: 5000,
      opsPort: 9090,
    });
    for (const told of [
      'default tidegate-scheduler',
      'default 10)',
      'default 60)',
      'default 64)',
      'default 5000)',
    ]) {
      expect(usage).toContain(told);
    }
  });

  it('take policies of the cluster, of files, or none', () => {
    expect(readFlags(['--policies-from-cluster']).policies).toEqual({ paths: undefined });
    expect(readFlags(['--policies', 'a', '--policies', 'b']).policies).toEqual({ paths: ['a', 'b'] });
    expect(() => readFlags(['--policies', 'a', '--policies-from-cluster'])).toThrow('got both');
  });

  it('take a label with a value or any value', () => {
    expect(readFlags(['--fallback-label', 'pool']).pool).toEqual({ key: 'pool' });
    expect(readFlags(['--fallback-label', 'pool=']).pool).toEqual({ key: 'pool', value: '' });
  });

  it.each([
    [
      ['--name', 'default-scheduler'],
      "--name: expected lower-case letters, digits, '-' and '.', and not default-scheduler, got 'default-scheduler'",
    ],
    [['--name', 'Mine'], "got 'Mine'"],
    [['--fallback-headroom', '91'], "--fallback-headroom: expected a whole number from 0 to 90, got '91'"],
    [['--no-progress', '5'], "--no-progress: expected a whole number from 10 to 3600, got '5'"],
    [['--concurrency', '0'], "--concurrency: expected a whole number from 1 to 256, got '0'"],
    [['--fallback-label', '=x'], "--fallback-label: expected KEY or KEY=VALUE, got '=x'"],
    [['extra'], "unexpected argument 'extra'"],
  ])('refuse %j', (args, message) => {
    expect(() => readFlags(args)).toThrow(AppError);
    expect(() => readFlags(args)).toThrow(message);
  });
});
