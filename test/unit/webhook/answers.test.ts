import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/placement/plan.js';
import { auditOf, warningsOf } from '../../../src/webhook/answers.js';
import type { Verdict } from '../../../src/webhook/verdict.js';

const plan: Plan = {
  operations: [{ op: 'remove', path: '/a' }],
  patch: '[{"op":"remove","path":"/a"}]',
  outcomes: [],
  result: {},
};
const passage = { kind: 'passes', intent: {}, refusals: [], sizedBy: 'aws-fargate' } as never;
const jane = { username: 'jane@example.com' };

describe('auditOf', () => {
  it('says the verdict, the reason and the policy in the words of the log', () => {
    expect(auditOf({ kind: 'patched', because: 'placed', policy: 'nightly', plan })).toEqual({
      verdict: 'patched',
      reason: 'placed',
      policy: 'nightly',
    });
  });

  it('leaves the policy out where none decided', () => {
    expect(auditOf({ kind: 'skipped', because: 'opted-out' })).toEqual({
      verdict: 'skipped',
      reason: 'opted-out',
    });
  });
});

describe('warningsOf', () => {
  it.each<[string, Verdict, string[]]>([
    ['a placement', { kind: 'patched', because: 'placed', plan }, []],
    ['an object that is as it should be', { kind: 'unchanged', because: 'already-placed', plan }, []],
    [
      'a policy that the workload names and cannot have',
      { kind: 'skipped', because: 'policy-unknown' },
      ['tidegate did not move it: there is no policy of the name given by tidegate.io/policy'],
    ],
    ['being left out by choice', { kind: 'skipped', because: 'opted-out' }, []],
    [
      'a placement that its provider sizes',
      { kind: 'patched', because: 'placed', plan, passage },
      ['tidegate: without resource requests, aws-fargate sizes and bills it by its default'],
    ],
    [
      'a provider that cannot run it',
      { kind: 'skipped', because: 'host-path', policy: 'nightly', gate: true },
      ['tidegate did not move it: the provider does not mount hostPath volumes'],
    ],
    [
      'an object that would grow too large',
      { kind: 'skipped', because: 'object-too-large', error: new Error('a') },
      ['tidegate did not move it: the object would pass 1.4 MB'],
    ],
    [
      'an error, whose own words stay in the log',
      { kind: 'failed', because: 'object-invalid', error: new Error('secret') },
      ['tidegate left it unchanged: a field that tidegate reads has the wrong type'],
    ],
    [
      'a policy that observes',
      { kind: 'observed', because: 'policy-observes', policy: 'nightly', plan },
      ['tidegate only observes (policy nightly): 1 changes'],
    ],
  ])('tells of %s', (_, verdict, warnings) => {
    expect(warningsOf(verdict, jane)).toEqual(warnings);
  });

  it.each([
    ['system:serviceaccount:kube-system:job-controller', 0],
    ['system:kube-controller-manager', 0],
    ['system:node:n1', 0],
    ['system:serviceaccount:apps:deployer', 1],
    ['', 1],
  ])('tells %j %d warnings', (username, count) => {
    expect(warningsOf({ kind: 'failed', because: 'internal-error' }, { username })).toHaveLength(count);
  });
});
