import { describe, expect, it } from 'vitest';
import { judgeOwnAccess, lookedAt } from '../../../../src/doctor/checks/own-access.js';
import { judgeAccess } from '../../../../src/doctor/checks/service-accounts.js';
import { names, said } from '../../../support/doctor.js';

const verbs = [
  { verb: 'list', group: '', resource: 'nodes' },
  { verb: 'get', group: '', resource: 'secrets', namespace: 'tidegate-system' },
];

describe('service-accounts', () => {
  it('names every verb that is missing, and mends it by the chart', () => {
    const found = judgeAccess('tidegate-webhook', verbs, names);
    expect(said(found)).toEqual([
      'fault: ServiceAccount tidegate-system/tidegate-webhook may not list nodes, get secrets in tidegate-system',
    ]);
    expect(found[0]?.remedy).toMatch(/^helm upgrade tidegate .*rbac\.create=true.*--force-conflicts/);
  });

  it('finds nothing where nothing is missing', () => {
    expect(judgeAccess('tidegate-webhook', [], names)).toEqual([]);
  });
});

describe('own-access', () => {
  it('warns of what one may not look at', () => {
    expect(judgeOwnAccess(verbs)).toMatchObject({
      status: 'warning',
      reason: 'you may not list nodes, get secrets in tidegate-system: what needs it is skipped',
    });
    expect(judgeOwnAccess([])).toMatchObject({ status: 'ok' });
  });

  it('asks for no write but a dry-run and a question', () => {
    const writes = lookedAt(names).filter(({ verb }) => verb !== 'get' && verb !== 'list');
    expect(writes.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
      'create cronjobs',
      'create subjectaccessreviews',
    ]);
  });
});
