import type { Check, Examination, Finding } from '../../src/doctor/check.js';
import { namesOf } from '../../src/doctor/names.js';
import type { Result } from '../../src/doctor/examine.js';
import type { KubeObject } from '../../src/kube/object.js';

/** Of the chart's defaults. */
export const names = namesOf('tidegate', 'tidegate-system');

/** What a check is given, where a test does not say otherwise. It reads nothing. */
export const examination: Examination = {
  names,
  version: '0.1.0',
  now: Date.UTC(2026, 0, 1),
  sleep: () => Promise.reject(new Error('not asked for')),
  dryRun: true,
  read: {
    client: {
      get: () => Promise.reject(new Error('not asked for')),
      list: () => Promise.reject(new Error('not asked for')),
      create: () => Promise.reject(new Error('not asked for')),
      version: () => Promise.reject(new Error('not asked for')),
    },
    get: () => Promise.resolve(undefined),
    list: () => Promise.resolve(undefined),
  },
};

/** `status: reason`, a line each. */
export const said = (findings: readonly (Finding | Result)[]): readonly string[] =>
  findings.map(({ status, reason }) => `${status}: ${reason}`);

/** A check that finds what it is told to, or throws it. */
export const checkOf = (
  id: string,
  found: Finding['status'] | Error,
  needs: readonly string[] = [],
): Check => ({
  id,
  needs,
  run: () =>
    found instanceof Error
      ? Promise.reject(found)
      : Promise.resolve([{ status: found, reason: `${id} is ${found}` }]),
});

export const object = (value: object): KubeObject => value as KubeObject;
