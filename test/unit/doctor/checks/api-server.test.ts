import { describe, expect, it } from 'vitest';
import { apiServer, judgeVersion } from '../../../../src/doctor/checks/api-server.js';
import { KubeError } from '../../../../src/kube/errors.js';
import { parseVersion } from '../../../../src/kube/version.js';
import { examination, said } from '../../../support/doctor.js';

const judge = (gitVersion: string) =>
  judgeVersion(parseVersion({ method: 'GET', path: '/version' }, JSON.stringify({ gitVersion }))).status;

describe('api-server', () => {
  it.each([
    ['v1.29.15', 'fault'],
    ['v1.29.99-eks-1', 'fault'],
    ['v1.30.0', 'ok'],
    ['v1.30.4-gke.1348000', 'ok'],
    ['v1.36.2', 'ok'],
    ['v2.0.0', 'ok'],
  ])('takes %s for %s', (gitVersion, status) => {
    expect(judge(gitVersion)).toBe(status);
  });

  it('is a fault where the API server does not answer', async () => {
    const error = new KubeError('GET /version: no connection', { kind: 'unreachable' });
    const client = { ...examination.read.client, version: () => Promise.reject(error) };
    const found = await apiServer.run({ ...examination, read: { ...examination.read, client } });
    expect(said(found)).toEqual(['fault: the API server cannot be asked: GET /version: no connection']);
  });

  it.each(['', '{}', '{"gitVersion":"latest"}'])('does not take %j for a version', (text) => {
    expect(() => parseVersion({ method: 'GET', path: '/version' }, text)).toThrow(KubeError);
  });
});
