import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { policyDocument } from '../../../support/policy.js';
import { aliyunLogConfigs, slsLogs, startLogConfigOn } from '../../../support/log-config.js';
import { eventually, unique, type Api, type Area, type Parsed } from '../behaviour.js';
import { define, definePolicies, definitions, policies, served } from '../definitions.js';

const configs = (namespace: string) =>
  `/apis/log.alibabacloud.com/v1alpha1/namespaces/${namespace}/aliyunlogconfigs`;

async function defineLogConfigs(api: Api): Promise<void> {
  await define(api, aliyunLogConfigs);
  await served(api, configs('default'));
}

async function undefineLogConfigs(api: Api): Promise<void> {
  const path = `${definitions}/${aliyunLogConfigs.metadata.name}`;
  await api.delete(path);
  await eventually('the definition is gone', async () =>
    (await api.get(path)).status === 404 ? true : undefined,
  );
}

/** A policy whose logs go to SLS; answers its name. */
async function logging(api: Api): Promise<string> {
  const name = unique('logs');
  const { status, body } = await api.post(policies, policyDocument(name, slsLogs()));
  expect([status, body.message]).toEqual([201, undefined]);
  return name;
}

const conditionOf = ({ status }: Parsed): Parsed =>
  status?.conditions?.find(({ type }: Parsed) => type === 'LogsReady');

const says = (api: Api, policy: string, reason: string | undefined) =>
  eventually(`${policy} says ${String(reason)}`, async () => {
    const { body } = await api.get(`${policies}/${policy}`);
    return conditionOf(body)?.reason === reason ? body : undefined;
  });

const config = (api: Api, namespace: string, policy: string, fits: (one: Parsed) => boolean) =>
  eventually(`the log CR of ${policy}`, async () => {
    const { status, body } = await api.get(`${configs(namespace)}/tidegate-${policy}`);
    return status === 200 && fits(body) ? body : undefined;
  });

const gone = (api: Api, namespace: string, policy: string) =>
  eventually(`no log CR of ${policy}`, async () =>
    (await api.get(`${configs(namespace)}/tidegate-${policy}`)).status === 404 ? true : undefined,
  );

const answer = (api: Api, namespace: string, policy: string, status: object) =>
  api.patch('merge', `${configs(namespace)}/tidegate-${policy}`, { status });

export const logConfigs: Area = {
  area: 'log CRs',
  behaviours: (it) => {
    it('a policy says that the cluster lacks the kind, and has its log CR once it comes', async (api) => {
      await definePolicies(api);
      await undefineLogConfigs(api);
      const namespace = await api.namespace();
      const { failures } = startLogConfigOn(api.cluster, namespace);
      const policy = await logging(api);
      const missing = await says(api, policy, 'CrdMissing');
      expect(conditionOf(missing)).toMatchObject({ status: 'False', observedGeneration: 1 });
      expect(conditionOf(missing).message).toContain('aliyunlogconfigs.log.alibabacloud.com');

      await defineLogConfigs(api);
      const made = await config(api, namespace, policy, () => true);
      expect(made.metadata).toMatchObject({
        labels: { 'app.kubernetes.io/managed-by': 'tidegate', 'tidegate.io/policy': policy },
        ownerReferences: [{ kind: 'VirtualNodePolicy', name: policy, uid: missing.metadata.uid }],
      });
      expect(made.spec).toMatchObject({ project: 'apps', logstore: 'cronjobs' });
      expect(made.metadata.managedFields).toMatchObject([
        { manager: 'tidegate-log-config', operation: 'Apply' },
      ]);
      expect(conditionOf(await says(api, policy, 'Pending')).status).toBe('Unknown');

      await answer(api, namespace, policy, { status: 'OK', statusCode: 200 });
      expect(conditionOf(await says(api, policy, 'Applied')).status).toBe('True');
      await answer(api, namespace, policy, { status: 'no such project', statusCode: 404 });
      const refused = conditionOf(await says(api, policy, 'Refused'));
      expect(refused).toMatchObject({ status: 'False' });
      expect(refused.message).toContain('status code 404, no such project');

      await undefineLogConfigs(api);
      await says(api, policy, 'CrdMissing');
      expect(failures).toEqual([]);
      await api.delete(`${policies}/${policy}`);
    });

    it('its log CR follows a policy and goes with it, and conditions of others stay', async (api) => {
      await definePolicies(api);
      await defineLogConfigs(api);
      const namespace = await api.namespace();
      const { failures } = startLogConfigOn(api.cluster, namespace);
      const policy = await logging(api);
      await config(api, namespace, policy, () => true);
      const other = {
        type: 'Other',
        status: 'True',
        reason: 'Theirs',
        message: '',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      };
      await api.patch('apply', `${policies}/${policy}/status?fieldManager=theirs`, {
        ...policyDocument(policy),
        spec: undefined,
        status: { conditions: [other] },
      });
      await api.patch('merge', `${policies}/${policy}`, { spec: slsLogs('elsewhere') });
      await config(api, namespace, policy, ({ spec }) => spec.logstore === 'elsewhere');
      await says(api, policy, 'Pending');

      await api.patch('merge', `${policies}/${policy}`, { spec: { logs: null } });
      await gone(api, namespace, policy);
      const without = await says(api, policy, undefined);
      expect(without.status.conditions).toEqual([other]);

      await api.patch('merge', `${policies}/${policy}`, { spec: slsLogs() });
      await config(api, namespace, policy, () => true);
      await api.delete(`${policies}/${policy}`);
      await gone(api, namespace, policy);
      expect(failures).toEqual([]);
    });

    it('a change of somebody else is undone, and a log CR of somebody else is left alone', async (api) => {
      await definePolicies(api);
      await defineLogConfigs(api);
      const namespace = await api.namespace();
      const foreign = unique('logs');
      const theirs = {
        apiVersion: 'log.alibabacloud.com/v1alpha1',
        kind: 'AliyunLogConfig',
        metadata: { name: `tidegate-${foreign}` },
        spec: { logstore: 'theirs' },
      };
      await api.post(configs(namespace), theirs);
      startLogConfigOn(api.cluster, namespace);
      const policy = await logging(api);
      await config(api, namespace, policy, () => true);
      const changed = { spec: { logstore: 'changed', shardCount: 4 } };
      await api.patch('merge', `${configs(namespace)}/tidegate-${policy}?fieldManager=somebody`, changed);
      const undone = await config(api, namespace, policy, ({ spec }) => spec.logstore === 'cronjobs');
      expect(undone.spec.shardCount).toBe(4);

      await api.post(policies, policyDocument(foreign, slsLogs()));
      const told = await says(api, foreign, 'NotOurs');
      expect(conditionOf(told).message).toContain(`AliyunLogConfig ${namespace}/tidegate-${foreign}`);
      const { body } = await api.get(`${configs(namespace)}/tidegate-${foreign}`);
      expect([body.spec, body.metadata.labels]).toEqual([{ logstore: 'theirs' }, undefined]);

      await api.delete(`${configs(namespace)}/tidegate-${foreign}`);
      await config(api, namespace, foreign, ({ spec }) => spec.logstore === 'cronjobs');
      for (const name of [policy, foreign]) await api.delete(`${policies}/${name}`);
    });

    it('who only observes applies nothing and takes nothing away', async (api) => {
      await definePolicies(api);
      await defineLogConfigs(api);
      const namespace = await api.namespace();
      const { done } = startLogConfigOn(api.cluster, namespace);
      const policy = await logging(api);
      await config(api, namespace, policy, () => true);
      await api.patch('merge', `${policies}/${policy}`, {
        spec: { mode: 'Observe', logs: slsLogs('elsewhere').logs },
      });
      await says(api, policy, 'Observing');
      await api.patch('merge', `${policies}/${policy}`, { spec: { logs: null } });
      await says(api, policy, undefined);
      expect(done).toEqual([`${policy} tidegate-${policy} applied`]);
      const { status } = await api.get(`${configs(namespace)}/tidegate-${policy}`);
      expect(status).toBe(200);
      await api.delete(`${policies}/${policy}`);
    });

    it(
      'a log CR goes with its policy also where no controller runs',
      async (api) => {
        await definePolicies(api);
        await defineLogConfigs(api);
        const namespace = await api.namespace();
        const controller = startLogConfigOn(api.cluster, namespace);
        const policy = await logging(api);
        await config(api, namespace, policy, () => true);
        await controller.stop();
        await api.delete(`${policies}/${policy}`);
        // The garbage collector hears of new kinds every half minute.
        const path = `${configs(namespace)}/tidegate-${policy}`;
        for (let left = 90; left > 0 && (await api.get(path)).status !== 404; left--) await sleep(1000);
        expect((await api.get(path)).status).toBe(404);
      },
      'controllers',
    );

    it('a policy says that nobody keeps its log CR where that is switched off', async (api) => {
      await definePolicies(api);
      startLogConfigOn(api.cluster, 'default', { mode: 'off' });
      const policy = await logging(api);
      expect(conditionOf(await says(api, policy, 'NotManaged'))).toMatchObject({ status: 'Unknown' });
      await api.delete(`${policies}/${policy}`);
    });
  },
};
