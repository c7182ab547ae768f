import { describe, expect, it } from 'vitest';
import type { Access } from '../../../src/doctor/access.js';
import { controllersGrants, schedulerGrants, webhookGrants } from '../../../src/doctor/grants.js';
import { settingsOf } from '../../../src/doctor/settings.js';
import { names } from '../../support/doctor.js';
import { render } from '../../support/helm.js';
import { grantsOf, userOf, type Grant } from '../../support/installed/rbac.js';

const textOf = ({ verb, group, resource, namespace = '', name = '' }: Access) =>
  [namespace, group, resource, name, verb].join(' ');

const expand = ({ namespace, rule }: Grant): readonly string[] =>
  rule.apiGroups.flatMap((group) =>
    rule.resources.flatMap((resource) =>
      rule.verbs.flatMap((verb) =>
        (rule.resourceNames ?? ['']).map((name) => textOf({ verb, group, resource, namespace, name })),
      ),
    ),
  );

/** What the chart gives, with these values, and what the doctor asks after. */
function both(component: 'webhook' | 'controllers' | 'scheduler', values: object) {
  const objects = render(values);
  const deployment = objects.find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === names[component],
  )!;
  const settings = settingsOf(deployment);
  const user = userOf(names.namespace, settings.serviceAccount);
  const given = grantsOf(objects).filter((grant) => grant.user === user);
  const asked = {
    webhook: () => webhookGrants(names),
    controllers: () => controllersGrants(names, settings),
    scheduler: () => schedulerGrants(names),
  }[component]();
  return { given: new Set(given.flatMap(expand)), asked: new Set(asked.map(textOf)) };
}

describe('what the doctor asks for a ServiceAccount is what the chart gives it', () => {
  it.each([
    ['the defaults', {}],
    ['log CRs elsewhere', { controllers: { logConfigs: { enabled: true, namespace: 'logs' } } }],
    ['no log CRs', { controllers: { logConfigs: { enabled: false, namespace: '' } } }],
    ['adoption', { controllers: { adoption: { mode: 'on' } } }],
    ['certificates of others', { certificates: { source: 'secret', secretName: 'x', caBundle: 'pem' } }],
  ])('with %s', (_, values) => {
    for (const component of ['webhook', 'controllers', 'scheduler'] as const) {
      const { given, asked } = both(component, { ...values, scheduler: { enabled: true } });
      expect(asked.size).toBeGreaterThan(10);
      expect([...asked].sort()).toEqual([...given].sort());
    }
  });
});
