import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Workload } from '../../../src/objects/workload.js';
import { compileMatchers } from '../../../src/policy/matchers.js';
import type { Policy } from '../../../src/policy/policy.js';
import { explainSelection, select, type SelectionContext } from '../../../src/policy/select.js';
import { policy } from '../../support/policy.js';
import { workload } from '../../support/workload.js';

const trusting: SelectionContext = { namespaceLabels: undefined, observe: false };
const optedIn = { 'tidegate.io/virtual-nodes': 'enabled' };
const choosing = (name: string): Partial<Workload> => ({ annotations: { 'tidegate.io/policy': name } });

const index = (...policies: Policy[]) =>
  compileMatchers(policies, ({ metadata }) => `intent of ${metadata.name}`);

/** `place a`, `observe a`, `skip: reason`, `skip by a: reason` */
function outcome(
  policies: Policy[],
  fields: Partial<Workload> = {},
  context: Partial<SelectionContext> = {},
) {
  const selection = select(workload(fields), index(...policies), { ...trusting, ...context });
  if (selection.kind !== 'skip') return `${selection.kind} ${selection.policy.metadata.name}`;
  return `skip${selection.policy === undefined ? '' : ` by ${selection.policy}`}: ${selection.because}`;
}

describe('select', () => {
  it.each<[string, Policy[], string]>([
    ['no policy', [], 'skip: no-policy-matches'],
    ['the only policy', [policy('a')], 'place a'],
    ['the lower name of two', [policy('b'), policy('a')], 'place a'],
    ['the higher priority', [policy('a'), policy('b', { priority: 1 })], 'place b'],
    ['a negative priority last', [policy('a', { priority: -1 }), policy('b')], 'place b'],
    [
      'no policy of another kind',
      [policy('a', { match: { workloads: { kinds: ['Job'] } } })],
      'skip: no-policy-matches',
    ],
    [
      'no policy of another namespace',
      [policy('a', { match: { namespaces: { names: ['web-*'] } } })],
      'skip: no-policy-matches',
    ],
    [
      'no policy of other labels',
      [policy('a', { match: { workloads: { selector: { matchLabels: { tier: 'web' } } } } })],
      'skip: no-policy-matches',
    ],
    ['an Observe winner over a later Enforce', [policy('a', { mode: 'Observe' }), policy('b')], 'observe a'],
    [
      'an excluded share over a later policy',
      [policy('a', { rolloutPercent: 0 }), policy('b')],
      'skip by a: outside-rollout-percent',
    ],
    [
      'an excluded share over Observe',
      [policy('a', { rolloutPercent: 0, mode: 'Observe' })],
      'skip by a: outside-rollout-percent',
    ],
  ])('takes %s', (_, policies, expected) => {
    expect(outcome(policies, { labels: { tier: 'batch' } })).toBe(expected);
  });

  it('hands over what the policy was compiled to', () => {
    expect(select(workload(), index(policy('a')), trusting)).toMatchObject({ compiled: 'intent of a' });
  });

  it.each<[string, Record<string, string> | undefined, string]>([
    ['unknown: it is trusted', undefined, 'place a'],
    ['opted in', optedIn, 'place a'],
    ['without the label', {}, 'skip: namespace-not-opted-in'],
    ['with another value', { 'tidegate.io/virtual-nodes': 'true' }, 'skip: namespace-not-opted-in'],
  ])('judges a Namespace that is %s', (_, namespaceLabels, expected) => {
    expect(outcome([policy('a')], {}, { namespaceLabels })).toBe(expected);
  });

  it.each<[string, Record<string, string> | undefined, string]>([
    ['fits', { ...optedIn, team: 'data' }, 'place a'],
    ['does not fit', { ...optedIn, team: 'web' }, 'skip: no-policy-matches'],
    ['is unknown', undefined, 'skip: namespace-unknown'],
  ])('judges a namespace selector where the Namespace %s', (_, namespaceLabels, expected) => {
    const data = policy('a', { match: { namespaces: { selector: { matchLabels: { team: 'data' } } } } });
    expect(outcome([data], {}, { namespaceLabels })).toBe(expected);
  });

  it('goes on to a policy without a namespace selector where the Namespace is unknown', () => {
    const data = policy('a', { match: { namespaces: { selector: { matchLabels: { team: 'data' } } } } });
    expect(outcome([data, policy('b')])).toBe('place b');
  });

  it('blames the unknown Namespace only where everything else matches', () => {
    const data = policy('a', {
      match: { namespaces: { names: ['web'], selector: { matchLabels: { team: 'data' } } } },
    });
    expect(outcome([data])).toBe('skip: no-policy-matches');
  });

  it.each([
    ['disabled', 'skip: opted-out'],
    ['enabled', 'place a'],
  ])('takes the annotation %s on the workload', (value, expected) => {
    expect(outcome([policy('a')], { annotations: { 'tidegate.io/virtual-nodes': value } })).toBe(expected);
  });

  it('takes no opt-out from the labels', () => {
    expect(outcome([policy('a')], { labels: { 'tidegate.io/virtual-nodes': 'disabled' } })).toBe('place a');
  });

  it('prefers the opt-out to the choice of a policy', () => {
    const annotations = { 'tidegate.io/virtual-nodes': 'disabled', 'tidegate.io/policy': 'a' };
    expect(outcome([policy('a', { match: { selectable: true } })], { annotations })).toBe('skip: opted-out');
  });

  const elsewhere = { namespaces: { names: ['web'] }, workloads: { kinds: ['Job'] } };
  it.each<[string, Policy[], string]>([
    [
      'a selectable policy over a higher one',
      [policy('wish', { match: { selectable: true } }), policy('a', { priority: 9 })],
      'place wish',
    ],
    [
      'a selectable policy that does not match by itself',
      [policy('wish', { match: { ...elsewhere, selectable: true } })],
      'place wish',
    ],
    [
      'a policy that is not selectable and does not match',
      [policy('wish', { match: elsewhere })],
      'skip by wish: policy-not-selectable',
    ],
    [
      'a policy that is not selectable and matches second',
      [policy('wish'), policy('a', { priority: 9 })],
      'skip by wish: policy-not-selectable',
    ],
    ['a policy that is not selectable but decides anyway', [policy('wish'), policy('z')], 'place wish'],
    ['a policy that is not there', [policy('a')], 'skip: policy-unknown'],
    [
      'a selectable policy that observes',
      [policy('wish', { mode: 'Observe', match: { selectable: true } })],
      'observe wish',
    ],
    [
      'a selectable policy whose share leaves it out',
      [policy('wish', { rolloutPercent: 0, match: { selectable: true } })],
      'skip by wish: outside-rollout-percent',
    ],
  ])('lets a workload choose %s', (_, policies, expected) => {
    expect(outcome(policies, choosing('wish'))).toBe(expected);
  });

  it('does not let a choice around the opt-in of the Namespace', () => {
    const policies = [policy('wish', { match: { selectable: true } })];
    expect(outcome(policies, choosing('wish'), { namespaceLabels: {} })).toBe('skip: namespace-not-opted-in');
  });

  it('turns every policy to Observe on request', () => {
    expect(outcome([policy('a')], {}, { observe: true })).toBe('observe a');
  });

  it('ignores the order of label and annotation keys and of the policies', () => {
    const selector = { matchLabels: { a: '1', b: '2' } };
    const policies = [
      policy('some', { match: { workloads: { selector } } }),
      policy('half', { rolloutPercent: 50, match: { workloads: { selector: { matchLabels: { c: '3' } } } } }),
      policy('rest', { priority: -1, mode: 'Observe' }),
    ];
    const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.constantFrom('1', '2', '3'));
    fc.assert(
      fc.property(
        labels,
        fc.string(),
        fc.shuffledSubarray(policies, { minLength: 3 }),
        (map, name, shuffled) => {
          const turned = Object.fromEntries(Object.entries(map).reverse());
          expect(outcome(shuffled, { labels: turned, name })).toBe(outcome(policies, { labels: map, name }));
        },
      ),
    );
  });
});

describe('explainSelection', () => {
  const explain = (
    policies: Policy[],
    fields: Partial<Workload> = {},
    context: Partial<SelectionContext> = {},
  ) =>
    explainSelection(workload(fields), index(...policies), { ...trusting, ...context }).map(
      ({ policy: name, outcome: how, because = '-' }) => `${name} ${how} ${because}`,
    );

  it('says of every policy, in order, why it decided, was passed over or does not match', () => {
    const data = { selector: { matchLabels: { team: 'data' } } };
    expect(
      explain([
        policy('a-jobs', { priority: 9, match: { workloads: { kinds: ['Job'] } } }),
        policy('b-web', { priority: 8, match: { namespaces: { names: ['web'] } } }),
        policy('c-labels', { priority: 7, match: { workloads: data } }),
        policy('d-unknown', { priority: 6, match: { namespaces: data } }),
        policy('e-wins', { priority: 5 }),
        policy('f-late', { priority: 4 }),
      ]),
    ).toEqual([
      'a-jobs no-match kind-not-selected',
      'b-web no-match namespace-not-selected',
      'c-labels no-match labels-not-selected',
      'd-unknown no-match namespace-unknown',
      'e-wins decides -',
      'f-late passed-over lower-priority',
    ]);
  });

  it.each<[string, Policy[], Partial<Workload>, Partial<SelectionContext>, string[]]>([
    ['an observing winner', [policy('a', { mode: 'Observe' })], {}, {}, ['a decides policy-observes']],
    [
      'an excluded share',
      [policy('a', { rolloutPercent: 0 })],
      {},
      {},
      ['a decides outside-rollout-percent'],
    ],
    [
      'an opt-out',
      [policy('a')],
      { annotations: { 'tidegate.io/virtual-nodes': 'disabled' } },
      {},
      ['a passed-over opted-out'],
    ],
    [
      'a Namespace that did not opt in',
      [policy('a')],
      {},
      { namespaceLabels: {} },
      ['a passed-over namespace-not-opted-in'],
    ],
    [
      'namespace labels that do not fit',
      [policy('a', { match: { namespaces: { selector: { matchLabels: { team: 'data' } } } } })],
      {},
      { namespaceLabels: optedIn },
      ['a no-match namespace-labels-not-selected'],
    ],
    [
      'a chosen policy',
      [policy('a'), policy('wish', { match: { selectable: true } })],
      choosing('wish'),
      {},
      ['a passed-over another-policy-chosen', 'wish decides -'],
    ],
    [
      'a choice that is not allowed',
      [policy('a'), policy('wish')],
      choosing('wish'),
      {},
      ['a passed-over another-policy-chosen', 'wish decides policy-not-selectable'],
    ],
    ['an unknown choice', [policy('a')], choosing('wish'), {}, ['a passed-over policy-unknown']],
  ])('explains %s', (_, policies, fields, context, expected) => {
    expect(explain(policies, fields, context)).toEqual(expected);
  });
});
