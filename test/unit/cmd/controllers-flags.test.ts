import { describe, expect, it } from 'vitest';
import { readFlags } from '../../../src/cmd/controllers-flags.js';
import { AppError } from '../../../src/errors.js';

const cluster = '--policies-from-cluster';

describe('readFlags of controllers', () => {
  it('keeps no log CRs unless it is told to', () => {
    expect(readFlags([cluster])).toMatchObject({ logConfigs: 'off', logConfigsNamespace: undefined });
  });

  it('takes where log CRs are kept', () => {
    const flags = readFlags([cluster, '--log-configs=on', '--log-configs-namespace=kube-system']);
    expect(flags).toMatchObject({ logConfigs: 'on', logConfigsNamespace: 'kube-system' });
  });

  it.each([
    [
      ['--policies', 'x', '--log-configs', 'on'],
      '--log-configs on: expected --policies-from-cluster, got policies of files',
    ],
    [[cluster, '--log-configs', 'yes'], "--log-configs: expected one of off, on, got 'yes'"],
  ])('refuses %j', (args, message) => {
    expect(() => readFlags(args)).toThrow(new AppError('usage', message));
  });
});
