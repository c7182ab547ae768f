import { describe, expect, it } from 'vitest';
import { readFlags, usage } from '../../../src/cmd/webhook-flags.js';
import { AppError } from '../../../src/errors.js';

const needed = ['--policies', 'p', '--tls-cert', 'c', '--tls-key', 'k'];

describe('readFlags', () => {
  it('needs policies and a certificate, and has a default for the rest', () => {
    expect(readFlags(needed)).toEqual({
      policies: ['p'],
      certificates: { cert: 'c', key: 'k', clientCa: undefined },
      waitForCertificates: false,
      configuration: undefined,
      minVersion: 'TLSv1.3',
      clientSubject: undefined,
      kubeconfig: undefined,
      cluster: true,
      host: undefined,
      port: 8443,
      opsPort: 9090,
      observe: false,
      lameDuckMs: 15_000,
      reloadMs: 5_000,
      logLevel: 'info',
    });
  });

  it('takes every flag', () => {
    const line = '--policies q --tls-min-version 1.2 --client-ca a --client-subject n --host ::1 --port 0';
    const cluster = '--kubeconfig f --no-cluster';
    const more = '--ops-port 1 --observe --lame-duck 0 --reload 60 --log-level debug';
    expect(readFlags([...needed, ...line.split(' '), ...more.split(' '), ...cluster.split(' ')])).toEqual({
      policies: ['p', 'q'],
      certificates: { cert: 'c', key: 'k', clientCa: 'a' },
      waitForCertificates: false,
      configuration: undefined,
      minVersion: 'TLSv1.2',
      clientSubject: 'n',
      kubeconfig: 'f',
      cluster: false,
      host: '::1',
      port: 0,
      opsPort: 1,
      observe: true,
      lameDuckMs: 0,
      reloadMs: 60_000,
      logLevel: 'debug',
    });
  });

  it.each([
    ['no policies', needed.slice(2), 'expected --policies or --policies-from-cluster, got neither'],
    [
      'policies twice',
      [...needed, '--policies-from-cluster'],
      'expected --policies or --policies-from-cluster, got both',
    ],
    ['no certificate', needed.slice(0, 2), '--tls-cert is required'],
    ['no key', needed.slice(0, 4), '--tls-key is required'],
    ['a port out of range', [...needed, '--port', '70000'], '--port: expected a whole number'],
    ['an ops port in words', [...needed, '--ops-port', 'x'], '--ops-port: expected a whole number'],
    ['TLS 1.1', [...needed, '--tls-min-version', '1.1'], '--tls-min-version: expected one of 1.2, 1.3'],
    [
      'a subject without an authority',
      [...needed, '--client-subject', 'n'],
      '--client-subject needs --client-ca',
    ],
    ['a log level that is none', [...needed, '--log-level', 'loud'], '--log-level: expected one of'],
    ['no time between looks', [...needed, '--reload', '0'], '--reload: expected'],
    ['a stray word', [...needed, 'x'], "unexpected argument 'x'"],
  ])('refuses %s', (_, args, message) => {
    const error = (() => {
      try {
        return readFlags(args);
      } catch (reason) {
        return reason;
      }
    })();
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining(message) as string });
  });

  it('explains every flag that it reads', () => {
    const all = [
      'policies',
      'policies-from-cluster',
      'tls-cert',
      'tls-key',
      'tls-wait',
      'webhook-configuration',
      'tls-min-version',
      'client-ca',
      'client-subject',
      'kubeconfig',
      'no-cluster',
      'host',
    ].concat(['port', 'ops-port', 'role', 'observe', 'lame-duck', 'reload', 'log-level']);
    expect([...usage.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, flag]) => flag)).toEqual(all);
  });
});
