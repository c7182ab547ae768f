import { describe, expect, it } from 'vitest';
import { decide, type MarkedPod, type MarkFacts } from '../../../../src/controllers/scale-in/decide.js';
import { policy } from '../../../support/policy.js';
import { snapshot } from '../../../support/snapshot.js';

const pod: MarkedPod = {
  namespace: 'apps',
  phase: 'Running',
  deleting: false,
  ownerKind: 'ReplicaSet',
  deletionCost: undefined,
  markedBy: undefined,
};

function facts(more: Partial<MarkedPod> = {}, others: Partial<Omit<MarkFacts, 'pod'>> = {}): MarkFacts {
  return {
    pod: { ...pod, ...more },
    providers: ['kwok'],
    snapshot: snapshot([policy('p')]),
    rollingOut: false,
    ...others,
  };
}

const ours = { deletionCost: '-100', markedBy: 'p:-100' };

describe('decide', () => {
  it('marks what was missed', () => {
    expect(decide(facts())).toEqual({ kind: 'mark', mark: { policy: 'p', cost: -100 } });
  });

  it('marks a pod that is not running yet', () => {
    expect(decide(facts({ phase: 'Pending' })).kind).toBe('mark');
  });

  it('changes our mark when the policy has changed', () => {
    const changed = snapshot([policy('p', { scaleIn: { deletionCost: -5 } })]);
    expect(decide(facts(ours, { snapshot: changed }))).toEqual({
      kind: 'mark',
      mark: { policy: 'p', cost: -5 },
    });
  });

  it('takes our mark back when no policy wants it any more', () => {
    expect(decide(facts(ours, { snapshot: snapshot([]) }))).toEqual({ kind: 'unmark' });
  });

  it('writes nothing under a policy that observes', () => {
    const observed = snapshot([policy('p', { mode: 'Observe' })]);
    expect(decide(facts(ours, { snapshot: observed }))).toEqual({ kind: 'keep', because: 'policy-observes' });
  });

  it.each([
    ['a pod that carries it already', ours, {}, 'already-marked'],
    ['a value of another', { deletionCost: '7' }, {}, 'cost-of-another'],
    [
      'a value that another wrote over ours',
      { deletionCost: '7', markedBy: 'p:-100' },
      {},
      'cost-of-another',
    ],
    ['a deleting pod', { deleting: true }, {}, 'pod-finished'],
    ['a pod that has succeeded', { phase: 'Succeeded' }, {}, 'pod-finished'],
    ['a pod that has failed', { phase: 'Failed' }, {}, 'pod-finished'],
    ["a Job's pod", { ownerKind: 'Job' }, {}, 'owner-does-not-rank'],
    ['a pod of nobody', { ownerKind: '' }, {}, 'owner-does-not-rank'],
    ['an ordinary node', {}, { providers: undefined }, 'node-not-virtual'],
    ['our mark on a node that is not known', ours, { providers: undefined }, 'node-not-virtual'],
    ['a pod without a policy', {}, { snapshot: snapshot([]) }, 'no-policy-matches'],
  ])('leaves %s alone', (_, more, others, because) => {
    expect(decide(facts(more, others))).toEqual({ kind: 'keep', because });
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
