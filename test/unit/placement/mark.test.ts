import { describe, expect, it } from 'vitest';
import { carried, markAnnotations, markFor, ranksPods, writerOf } from '../../../src/placement/mark.js';
import { policy } from '../../support/policy.js';
import { snapshot } from '../../support/snapshot.js';

const place = (...providers: object[]) => ({ placement: { type: 'VirtualOnly', providers } });
const eci = { name: 'alibaba-eci' };
const supernode = { name: 'tencent-supernode' };

describe('markFor', () => {
  it('gives the policy default of -100', () => {
    expect(markFor('apps', ['alibaba-eci'], snapshot([policy('p', place(eci))]))).toEqual({
      kind: 'mark',
      mark: { policy: 'p', cost: -100 },
      provider: 'alibaba-eci',
      inverts: false,
    });
  });

  it('lets the cost of the provider go before that of the policy', () => {
    const p = policy('p', {
      ...place(eci, { ...supernode, deletionCost: -300 }),
      scaleIn: { deletionCost: -50 },
    });
    const costs = ['alibaba-eci', 'tencent-supernode'].map((name) => markFor('apps', [name], snapshot([p])));
    expect(costs).toMatchObject([{ mark: { cost: -50 } }, { mark: { cost: -300 } }]);
  });

  it('takes the most specific preset of the node that the policy names', () => {
    const p = policy('p', place({ name: 'virtual-kubelet', deletionCost: -7 }, { ...eci, deletionCost: -9 }));
    expect(markFor('apps', ['alibaba-eci', 'virtual-kubelet'], snapshot([p]))).toMatchObject({
      mark: { cost: -9 },
    });
    expect(markFor('apps', ['azure-aci', 'virtual-kubelet'], snapshot([p]))).toMatchObject({
      mark: { cost: -7 },
    });
  });

  it('takes the policy of the highest priority, whatever workloads it is for', () => {
    const low = policy('low', { ...place(eci), scaleIn: { deletionCost: -1 } });
    const high = policy('high', {
      ...place(eci),
      priority: 5,
      match: { workloads: { kinds: ['Job'], selector: { matchLabels: { a: 'b' } } } },
    });
    expect(markFor('apps', ['alibaba-eci'], snapshot([low, high]))).toMatchObject({
      mark: { policy: 'high' },
    });
  });

  it.each([
    ['no policy names the provider', [policy('p', place(supernode))], undefined, 'no-policy-matches'],
    [
      'no policy selects the namespace',
      [policy('p', { ...place(eci), match: { namespaces: { names: ['other-*'] } } })],
      undefined,
      'no-policy-matches',
    ],
    [
      'the labels that a policy asks for are not known',
      [policy('p', { ...place(eci), match: { namespaces: { selector: { matchLabels: { tier: 'a' } } } } })],
      undefined,
      'namespace-unknown',
    ],
    ['the policy observes', [policy('p', { ...place(eci), mode: 'Observe' })], undefined, 'policy-observes'],
    ['the namespace is not opted in', [policy('p', place(eci))], { tier: 'a' }, 'namespace-not-opted-in'],
  ])('gives none where %s', (_, policies, labels, because) => {
    const decision = markFor('apps', ['alibaba-eci'], snapshot(policies, { namespaceLabels: () => labels }));
    expect(decision).toMatchObject({ kind: 'none', because });
  });
});

describe('carried', () => {
  const facts = (deletionCost?: string, markedBy?: string, costWriter = '') => ({
    deletionCost,
    markedBy,
    costWriter,
  });

  it.each(['', 'tidegate'])('knows the mark that it wrote, recorded as of %j', (writer) => {
    const mark = { policy: 'p.example', cost: -100 };
    const written = Object.values(markAnnotations(mark));
    expect(carried(facts(written[0], written[1], writer))).toEqual({ by: 'us', mark });
  });

  it('tells a pod that never had one from a pod that lost it', () => {
    expect(carried(facts())).toEqual({ by: 'nobody', taken: false });
    expect(carried(facts(undefined, 'p:-100'))).toEqual({ by: 'nobody', taken: true });
  });

  it.each([
    ['a value alone', '-100', undefined, ''],
    ['a value that another wrote over ours', '-200', 'p:-100', ''],
    ['our value, written by another after us', '-100', 'p:-100', 'kubectl-annotate'],
    ['a companion of another shape', '-100', 'p', ''],
    ['an invalid value', '+5', 'p:5', ''],
  ])("takes %s as another's", (_, cost, companion, writer) => {
    expect(carried(facts(cost, companion, writer))).toEqual({ by: 'other' });
  });
});

describe('writerOf', () => {
  it.each([
    [[], ''],
    [['tidegate'], 'tidegate'],
    [['tidegate', 'kubectl'], 'kubectl'],
    [['helm'], 'helm'],
  ])('of %j is %j', (writers, writer) => {
    expect(writerOf(writers)).toBe(writer);
  });
});

describe('ranksPods', () => {
  it.each([
    ['ReplicaSet', true],
    ['ReplicationController', true],
    ['CloneSet', true],
    ['StatefulSet', false],
    ['Job', false],
    ['', false],
  ])('says of %j: %s', (kind, ranks) => {
    expect(ranksPods(kind)).toBe(ranks);
  });
});
