import { onTestFinished } from 'vitest';
import { createLogConfig } from '../../src/controllers/log-config/index.js';
import type { JsonObject } from '../../src/objects/json.js';
import { createPolicyObjects } from '../../src/sources/policy-objects.js';
import { systemClock, systemRandom } from '../../src/telemetry/clock.js';
import { clientOf, type ApiServer } from './tidegate.js';

/** Alibaba's own schema is not public: one that takes everything. */
export const aliyunLogConfigs: JsonObject & { readonly metadata: { readonly name: string } } = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'aliyunlogconfigs.log.alibabacloud.com' },
  spec: {
    group: 'log.alibabacloud.com',
    names: { plural: 'aliyunlogconfigs', singular: 'aliyunlogconfig', kind: 'AliyunLogConfig' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

/** The spec of a policy whose logs go to SLS from ECI. */
export const slsLogs = (logstore = 'cronjobs') => ({
  placement: { type: 'VirtualOnly', providers: [{ name: 'alibaba-eci' }] },
  logs: { destinations: [{ sls: { project: 'apps', logstore } }] },
});

export interface RunningLogConfig {
  /** `POLICY NAME RESULT`, as it was told. */
  readonly done: readonly string[];
  readonly failures: readonly unknown[];
  stop(): Promise<void>;
}

/** The controller, alone and leading; what somebody changes is put right after half a second. */
export function startLogConfigOn(
  api: ApiServer,
  namespace: string,
  { mode = 'on', observe = false }: { readonly mode?: 'on' | 'off'; readonly observe?: boolean } = {},
): RunningLogConfig {
  const parts = { client: clientOf(api), clock: systemClock, random: systemRandom };
  const policies = createPolicyObjects({ ...parts, offer: () => undefined });
  const done: string[] = [];
  const failures: unknown[] = [];
  const controller = createLogConfig({
    ...parts,
    policies,
    namespace,
    mode,
    observe: () => observe,
    onFault: () => undefined,
    contestedMs: 500,
    observer: {
      done: (policy, name, result) => done.push(`${policy} ${name} ${result}`),
      failed: (_, error) => failures.push(error),
    },
  });
  const stop = new AbortController();
  const never = new AbortController().signal;
  const running = Promise.all([
    policies.run(stop.signal),
    controller.observe(stop.signal),
    controller.lead({ number: 0, signal: never, isValid: () => true }, stop.signal),
  ]);
  const end = async () => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  return { done, failures, stop: end };
}
