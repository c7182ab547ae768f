import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { argoStanza } from '../../../../src/doctor/argocd.js';
import { judgeApplications } from '../../../../src/doctor/checks/argo-cd.js';
import { names, object, said } from '../../../support/doctor.js';

const kind = 'MutatingWebhookConfiguration';
const application = (spec: object, resource: object = { kind, name: 'tidegate' }) =>
  object({
    metadata: { namespace: 'argocd', name: 'gate' },
    spec,
    status: { resources: [{ kind: 'Deployment', name: 'tidegate-webhook' }, resource] },
  });
const judge = (spec: object) => said(judgeApplications([application(spec)], names));

const whole = (parse(argoStanza(names)) as { readonly spec: object }).spec;
const ignoring = (difference: object) => ({
  ignoreDifferences: [{ group: 'admissionregistration.k8s.io', kind, ...difference }],
  syncPolicy: { syncOptions: ['RespectIgnoreDifferences=true'] },
});
const well = ['ok: the Application of tidegate leaves the caBundle alone'];

describe('argo-cd', () => {
  it('is well with what --argocd prints, or with the same in other words', () => {
    expect(judge(whole)).toEqual(well);
    const pointer = '/webhooks/0/clientConfig/caBundle';
    expect(judge(ignoring({ jsonPointers: [pointer], name: 'tidegate' }))).toEqual(well);
    expect(judge(ignoring({ managedFieldsManagers: ['tidegate'] }))).toEqual(well);
  });

  it('is well where there is none, or none that installs tidegate', () => {
    expect(said(judgeApplications(undefined, names))).toEqual(['ok: there is no Argo CD']);
    const other = application({}, { kind, name: 'other' });
    expect(said(judgeApplications([other], names))).toEqual([
      'ok: no Application of Argo CD installs tidegate',
    ]);
  });

  it.each([
    ['nothing', {}],
    [
      'the bundle of another',
      ignoring({ name: 'other', jqPathExpressions: ['.webhooks[].clientConfig.caBundle'] }),
    ],
    ['another field', ignoring({ jqPathExpressions: ['.webhooks[].timeoutSeconds'] })],
  ])('warns where it ignores %s', (_, spec) => {
    expect(judge(spec)).toEqual([
      'warning: Application argocd/gate counts the caBundle as a difference: its syncs take it away',
    ]);
    expect(judgeApplications([application(spec)], names)[0]?.remedy).toContain('tidegate doctor --argocd');
  });

  it('warns where its syncs do not respect that', () => {
    expect(judge({ ...whole, syncPolicy: {} })).toEqual([
      'warning: Application argocd/gate lacks the sync option RespectIgnoreDifferences=true: its syncs take the caBundle away',
    ]);
  });
});
