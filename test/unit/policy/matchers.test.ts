import { describe, expect, it } from 'vitest';
import { compileGlobs, compileMatchers } from '../../../src/policy/matchers.js';
import { policy } from '../../support/policy.js';

describe('compileMatchers', () => {
  it('orders by priority, ties by the lower name, whatever the order they came in', () => {
    const policies = [
      policy('b'),
      policy('z', { priority: 5 }),
      policy('a'),
      policy('low', { priority: -1 }),
      policy('A2'.toLowerCase()),
    ];
    const names = ['z', 'a', 'a2', 'b', 'low'];
    const order = (list: typeof policies) =>
      compileMatchers(list, () => undefined).ordered.map((matcher) => matcher.policy.metadata.name);
    expect(order(policies)).toEqual(names);
    expect(order(policies.toReversed())).toEqual(names);
  });

  it('keeps what each policy was compiled to', () => {
    const index = compileMatchers([policy('a'), policy('b')], ({ metadata }) => `intent of ${metadata.name}`);
    expect(index.byName.get('b')?.compiled).toBe('intent of b');
  });

  it('asks only policies of the kind and of the namespace, the first time and later', () => {
    const policies = [
      policy('cronjobs'),
      policy('jobs', { match: { workloads: { kinds: ['Job', 'Pod'] } } }),
      policy('web', { match: { namespaces: { names: ['web-*'] }, workloads: { kinds: ['Pod'] } } }),
    ];
    const index = compileMatchers(policies, () => undefined);
    const names = (kind: 'CronJob' | 'Job' | 'Pod', namespace: string) =>
      index.candidates(kind, namespace).map((matcher) => matcher.policy.metadata.name);
    for (let turn = 0; turn < 2; turn += 1) {
      expect(names('CronJob', 'apps')).toEqual(['cronjobs']);
      expect(names('Job', 'apps')).toEqual(['jobs']);
      expect(names('Pod', 'apps')).toEqual(['jobs']);
      expect(names('Pod', 'web-1')).toEqual(['jobs', 'web']);
    }
  });

  it('answers the same beyond the namespaces that it remembers', () => {
    const web = policy('web', { match: { namespaces: { names: ['n1'] } } });
    const index = compileMatchers([web], () => undefined);
    const counts = Array.from({ length: 2010 }, (_, i) => index.candidates('CronJob', `n${i % 1003}`).length);
    expect(counts.filter((count) => count === 1)).toHaveLength(3);
  });
});

describe('compileGlobs', () => {
  it.each([
    ['every name', ['*'], 'apps', true],
    ['the name itself', ['apps'], 'apps', true],
    ['a longer name', ['apps'], 'apps-1', false],
    ['one of several', ['web', 'apps'], 'apps', true],
    ['a prefix', ['team-*'], 'team-a', true],
    ['a prefix and nothing after it', ['team-*'], 'team-', true],
    ['a prefix in the middle', ['team-*'], 'my-team-a', false],
    ['text within', ['*-prod-*'], 'a-prod-b', true],
    ['one character', ['team-?'], 'team-a', true],
    ['one character and none there', ['team-?'], 'team-', false],
    ['a dot, literally', ['a.b*'], 'axb', false],
  ])('fits %s', (_, globs, name, fits) => {
    expect(compileGlobs(globs)(name)).toBe(fits);
  });

  it('judges thirty runs of stars against a long name at once', () => {
    const glob = `${'*'.repeat(30)}b`;
    expect(compileGlobs([glob])('a'.repeat(63))).toBe(false);
  });
});
