import { describe, expect, it } from 'vitest';
import { decide, type MarkedPod, type MarkFacts } from '../../../../src/controllers/scale-in/decide.js';
import { policy } from '../../../support/policy.js';
import { snapshot } from '../../../support/snapshot.js';

const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u-web' };

const pod: MarkedPod = {
  namespace: 'apps',
  finished: false,
  owner,
  deletionCost: undefined,
  markedBy: undefined,
  costWriter: '',
};

function facts(more: Partial<MarkedPod> = {}, others: Partial<Omit<MarkFacts, 'pod'>> = {}): MarkFacts {
  return {
    pod: { ...pod, ...more },
    node: { providers: ['kwok'], byKarpenter: false },
    snapshot: snapshot([policy('p')]),
    rollingOut: false,
    rival: undefined,
    ...others,
  };
}

const ours = { deletionCost: '-100', markedBy: 'p:-100' };
const ordinary = { providers: [], byKarpenter: false };

describe('decide', () => {
  it('marks what was missed', () => {
    expect(decide(facts())).toEqual({ kind: 'mark', mark: { policy: 'p', cost: -100 } });
  });

  it('changes our mark when the policy has changed', () => {
    const changed = snapshot([policy('p', { scaleIn: { deletionCost: -5 } })]);
    expect(decide(facts(ours, { snapshot: changed }))).toEqual({
      kind: 'mark',
      mark: { policy: 'p', cost: -5 },
    });
  });

  it('names the new policy where the old one got another name', () => {
    expect(decide(facts(ours, { snapshot: snapshot([policy('q')]) }))).toEqual({
      kind: 'mark',
      mark: { policy: 'q', cost: -100 },
    });
  });

  it('writes a cost of 0 like any other', () => {
    const zero = snapshot([policy('p', { scaleIn: { deletionCost: 0 } })]);
    expect(decide(facts({}, { snapshot: zero }))).toEqual({ kind: 'mark', mark: { policy: 'p', cost: 0 } });
    const there = { deletionCost: '0', markedBy: 'p:0' };
    expect(decide(facts(there, { snapshot: zero }))).toEqual({ kind: 'keep', because: 'already-marked' });
  });

  it('marks again what lost its deletion cost', () => {
    expect(decide(facts({ markedBy: 'p:-100' })).kind).toBe('mark');
  });

  const notOptedIn = { namespaceLabels: () => ({}) };
  const byLabels = { match: { namespaces: { selector: { matchLabels: { tier: 'a' } } } } };

  it.each([
    ['no policy wants it any more', { snapshot: snapshot([]) }, 'no-policy-matches'],
    [
      'the namespace is opted out',
      { snapshot: snapshot([policy('p')], notOptedIn) },
      'namespace-not-opted-in',
    ],
    ['its node has become an ordinary one', { node: ordinary }, 'node-not-virtual'],
    ['a ResourcePolicy selects the pod', { rival: 'cost-of-resource-policy' }, 'cost-of-resource-policy'],
    ['a WorkloadSpread has the pod', { rival: 'cost-of-workload-spread' }, 'cost-of-workload-spread'],
    ['Karpenter ranks the pods of the node', { rival: 'cost-of-karpenter' }, 'cost-of-karpenter'],
  ] as const)('takes our mark back where %s', (_, others, because) => {
    expect(decide(facts(ours, others))).toEqual({ kind: 'unmark', because });
  });

  it.each([
    ['under a policy that observes', snapshot([policy('p', { mode: 'Observe' })]), 'policy-observes'],
    ['while all is observed', snapshot([policy('p')], { observe: true }), 'policy-observes'],
    ['while all is observed and no policy is left', snapshot([], { observe: true }), 'no-policy-matches'],
    [
      'while all is observed and the namespace is opted out',
      snapshot([policy('p')], { observe: true, ...notOptedIn }),
      'namespace-not-opted-in',
    ],
    ['where the namespace is not known yet', snapshot([policy('p', byLabels)]), 'namespace-unknown'],
  ])('writes nothing %s', (_, serving, because) => {
    expect(decide(facts(ours, { snapshot: serving }))).toEqual({ kind: 'keep', because });
    expect(decide(facts({}, { snapshot: serving }))).toEqual({ kind: 'keep', because });
  });

  it.each([
    ['a pod that carries it already', ours, {}, 'already-marked'],
    ['a mark that our own repair wrote', { ...ours, costWriter: 'tidegate' }, {}, 'already-marked'],
    ['a value of another', { deletionCost: '7' }, {}, 'cost-of-another'],
    [
      'a value that another wrote over ours',
      { deletionCost: '7', markedBy: 'p:-100' },
      {},
      'cost-of-another',
    ],
    [
      'the very value that another wrote after ours',
      { ...ours, costWriter: 'kubectl-annotate' },
      { snapshot: snapshot([policy('p', { scaleIn: { deletionCost: -5 } })]) },
      'cost-of-another',
    ],
    ['a value whose companion was taken off', { deletionCost: '-100' }, {}, 'cost-of-another'],
    ['a pod that has ended', { finished: true }, {}, 'pod-finished'],
    ["a Job's pod", { owner: { ...owner, kind: 'Job' } }, {}, 'owner-does-not-rank'],
    ['a pod of nobody', { owner: { ...owner, kind: '' } }, {}, 'owner-does-not-rank'],
    ['an ordinary node', {}, { node: ordinary }, 'node-not-virtual'],
    ['our mark on a node that is not known', ours, { node: undefined }, 'node-not-virtual'],
    ['a pod without a policy', {}, { snapshot: snapshot([]) }, 'no-policy-matches'],
    ['a pod of a rival', {}, { rival: 'cost-of-karpenter' }, 'cost-of-karpenter'],
    [
      'a value of a rival',
      { deletionCost: '200' },
      { rival: 'cost-of-workload-spread' },
      'cost-of-workload-spread',
    ],
    [
      'a pod of a rival that no policy is for',
      {},
      { rival: 'cost-of-karpenter', snapshot: snapshot([]) },
      'no-policy-matches',
    ],
  ] as const)('leaves %s alone', (_, more, others, because) => {
    expect(decide(facts(more, others))).toEqual({ kind: 'keep', because });
  });

  describe('on a node of Karpenter whose settings cannot be seen', () => {
    const node = { providers: ['kwok'], byKarpenter: true };

    it('marks as on any other', () => {
      expect(decide(facts({}, { node })).kind).toBe('mark');
    });

    it.each([
      ['it has written over ours', { deletionCost: '-3', markedBy: 'p:-100', costWriter: 'karpenter' }],
      ['it has taken ours off', { markedBy: 'p:-100' }],
    ])('stands back for good where %s', (_, more) => {
      expect(decide(facts(more, { node }))).toEqual({ kind: 'keep', because: 'cost-of-karpenter' });
    });
  });

  describe('during a rollout', () => {
    const inverting = snapshot([policy('p', { scaleIn: { invertOnRollout: true } })]);

    it('turns the mark of an old revision round where the policy says so', () => {
      expect(decide(facts(ours, { snapshot: inverting, rollingOut: true }))).toEqual({
        kind: 'mark',
        mark: { policy: 'p', cost: 100 },
      });
    });

    it('keeps it where the policy does not', () => {
      expect(decide(facts(ours, { rollingOut: true })).kind).toBe('keep');
    });

    it('restores it when the rollout has ended', () => {
      const inverted = { deletionCost: '100', markedBy: 'p:100' };
      expect(decide(facts(inverted, { snapshot: inverting }))).toEqual({
        kind: 'mark',
        mark: { policy: 'p', cost: -100 },
      });
    });
  });
});
