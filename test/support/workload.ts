import type { Workload } from '../../src/objects/workload.js';

/** A workload; `fields` states only what the test is about. Default: the CronJob apps/report, bare. */
export function workload(fields: Partial<Workload> = {}): Workload {
  return {
    kind: 'CronJob',
    namespace: 'apps',
    name: 'report',
    generateName: '',
    labels: {},
    annotations: {},
    controllerName: undefined,
    controllerKind: undefined,
    timeZone: undefined,
    deleting: false,
    object: {},
    template: {},
    ...fields,
  };
}
