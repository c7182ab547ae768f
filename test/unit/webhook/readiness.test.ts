import { describe, expect, it } from 'vitest';
import { createReadiness, type ReadinessDeps } from '../../../src/webhook/readiness.js';

const serving = Date.UTC(2027, 0, 2, 3, 4, 5);

function readiness(deps: Partial<ReadinessDeps> = {}) {
  return createReadiness({
    policies: () => ({ loaded: 2, hash: 'abc' }),
    certificates: () => ({ expiry: { serving } }),
    denied: () => ({}),
    draining: () => false,
    ...deps,
  })();
}

describe('createReadiness', () => {
  it('is ready once policies are loaded, and says what serves', () => {
    expect(readiness()).toEqual({
      ready: true,
      draining: false,
      policies: { loaded: 2, hash: 'abc' },
      certificates: { servingUntil: '2027-01-02T03:04:05.000Z' },
    });
  });

  it('is not ready before', () => {
    expect(readiness({ policies: () => ({}) })).toMatchObject({ ready: false });
  });

  it('is not ready while it drains', () => {
    expect(readiness({ draining: () => true })).toMatchObject({ ready: false, draining: true });
  });

  it('stays ready on the last good policies and certificates, and says what is wrong with the new ones', () => {
    const report = readiness({
      policies: () => ({ loaded: 2, fault: 'a.yaml:3:1: unknown field' }),
      certificates: () => ({ expiry: { serving, clientCa: serving }, fault: 'tls.key: unreadable' }),
    });
    expect(report).toMatchObject({
      ready: true,
      policies: { fault: 'a.yaml:3:1: unknown field' },
      certificates: { fault: 'tls.key: unreadable', clientCaUntil: '2027-01-02T03:04:05.000Z' },
    });
  });
});
