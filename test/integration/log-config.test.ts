import { describe, expect, it, onTestFinished } from 'vitest';
import { policyCrd } from '../../src/policy/crd.js';
import { answered } from '../support/eventually.js';
import { aliyunLogConfigs, slsLogs, startLogConfigOn } from '../support/log-config.js';
import { policyDocument } from '../support/policy.js';
import { testBox } from '../support/box.js';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const policies = '/apis/tidegate.io/v1alpha1/virtualnodepolicies';

interface Condition {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

/** A box in which one verb on one resource is not allowed to the controller, and a policy that needs a log CR. */
async function without(verb: string, resource: string) {
  const lacks = { is: true };
  const box = await testBox({
    users: { controllers: { username: 'controllers', groups: [] } },
    authorize: ({ username }, asked, { plural }) =>
      lacks.is && username === 'controllers' && asked.verb === verb && plural === resource ? '' : undefined,
  });
  onTestFinished(() => box.close());
  await box.send('POST', definitions, policyCrd());
  await box.send('POST', definitions, aliyunLogConfigs);
  await box.send('POST', policies, policyDocument('a', slsLogs()));
  const running = startLogConfigOn({ ...box, token: 'controllers' }, 'default');
  const condition = (reason: string) =>
    answered(
      async () => {
        const { body } = await box.send('GET', `${policies}/a`);
        const conditions = (body.status?.conditions ?? []) as readonly Condition[];
        return conditions.find(({ type }) => type === 'LogsReady');
      },
      (found) => found?.reason === reason,
    );
  return { condition, failures: running.failures, allow: () => (lacks.is = false) };
}

describe('log CRs without a role', () => {
  it.each([
    ['list', 'aliyunlogconfigs', 'Unreadable'],
    ['list', 'customresourcedefinitions', 'Unreadable'],
    ['get', 'aliyunlogconfigs', 'NotWritten'],
    ['patch', 'aliyunlogconfigs', 'NotWritten'],
    ['create', 'aliyunlogconfigs', 'NotWritten'],
  ])('to %s %s are told of on the policy, by verb and resource', async (verb, resource, reason) => {
    const { condition, allow } = await without(verb, resource);
    const found = await condition(reason);
    expect(found?.message).toContain('403 Forbidden');
    expect(found?.message).toContain(`cannot ${verb} resource "${resource}"`);
    allow();
    await condition('Pending');
  });
});
