import { beforeAll, describe, expect, it } from 'vitest';
import { issueCa, issueLeaf, type PemPair } from '../../../src/certs/issue.js';
import { bundleOf, planCertificates, type AuthorityTexts, type LeafTexts } from '../../../src/certs/plan.js';

const names = ['tidegate-webhook.tidegate.svc'];
const start = Date.UTC(2026, 0, 1);
const day = 86_400_000;
const minute = 60_000;
let first: PemPair;
let second: PemPair;
let leafOfFirst: PemPair;
let leafOfSecond: PemPair;
let selfMade: PemPair;

const leafOf = (ca: PemPair, dnsNames: readonly string[], now = start) =>
  issueLeaf(ca, { commonName: 'webhook', dnsNames, usage: 'server', now, days: 30 });

beforeAll(async () => {
  first = await issueCa('first', { now: start, days: 365 });
  second = await issueCa('second', { now: start, days: 365 });
  leafOfFirst = await leafOf(first, names);
  leafOfSecond = await leafOf(second, names);
  selfMade = await leafOf(first, ['another.name.svc']);
});

const nothing: AuthorityTexts = {
  cert: '',
  key: '',
  nextCert: '',
  nextKey: '',
  previousCert: '',
  changedAt: Number.NaN,
};
const settled = (): AuthorityTexts => ({ ...nothing, ...first, changedAt: start });
const rolling = (changedAt: number): AuthorityTexts => ({
  ...settled(),
  nextCert: second.cert,
  nextKey: second.key,
  changedAt,
});
const none: LeafTexts = { cert: '', key: '' };

const planAt = (now: number, authority: AuthorityTexts, leaf: LeafTexts = leafOfFirst) =>
  planCertificates({ authority, leaf, names, now });

describe('the plan for the authority', () => {
  it.each([
    {
      name: 'nothing is there',
      now: start,
      authority: () => nothing,
      leaf: () => none,
      plan: { authority: 'create', leaf: 'missing' },
    },
    {
      name: 'it is young',
      now: start + 10 * day,
      authority: settled,
      leaf: () => leafOfFirst,
      plan: { authority: 'keep' },
    },
    {
      name: 'its key is another one’s',
      now: start,
      authority: () => ({ ...settled(), key: second.key }),
      leaf: () => leafOfFirst,
      plan: { authority: 'create', leaf: 'other-authority' },
    },
    {
      name: 'it is no authority but a leaf',
      now: start,
      authority: () => ({ ...settled(), ...leafOfFirst }),
      leaf: () => leafOfFirst,
      plan: { authority: 'create', leaf: 'other-authority' },
    },
    {
      name: 'it has ended',
      now: start + 366 * day,
      authority: settled,
      leaf: () => leafOfFirst,
      plan: { authority: 'create', leaf: 'other-authority' },
    },
    {
      name: 'it was made by a clock that runs ahead',
      now: start - day,
      authority: settled,
      leaf: () => leafOfFirst,
      plan: { authority: 'create', leaf: 'other-authority' },
    },
    {
      name: 'the next one was published a minute ago',
      now: start + 300 * day,
      authority: () => rolling(start + 300 * day - minute),
      leaf: () => leafOfFirst,
      plan: { authority: 'keep', leaf: 'due' },
    },
    {
      name: 'the next one was published two minutes ago',
      now: start + 300 * day,
      authority: () => rolling(start + 300 * day - 2 * minute),
      leaf: () => leafOfFirst,
      plan: { authority: 'promote', leaf: 'other-authority' },
    },
    {
      name: 'the next one was published in the future, by a clock that was ahead',
      now: start + 5 * day,
      authority: () => rolling(start + 5 * day + 3 * minute),
      leaf: () => leafOfFirst,
      plan: { authority: 'promote', leaf: 'other-authority' },
    },
    {
      name: 'the one that signs is lost and a next one is there',
      now: start + 5 * day,
      authority: () => ({ ...rolling(start + 5 * day), key: 'broken' }),
      leaf: () => leafOfFirst,
      plan: { authority: 'promote', leaf: 'other-authority' },
    },
    {
      name: 'the one before went nine minutes ago',
      now: start + 9 * minute,
      authority: () => ({ ...settled(), previousCert: second.cert }),
      leaf: () => leafOfFirst,
      plan: { authority: 'keep' },
    },
    {
      name: 'the one before went ten minutes ago',
      now: start + 10 * minute,
      authority: () => ({ ...settled(), previousCert: second.cert }),
      leaf: () => leafOfFirst,
      plan: { authority: 'retire' },
    },
  ])('where $name', ({ now, authority, leaf, plan }) => {
    expect(planAt(now, authority(), leaf())).toEqual(plan);
  });

  it('brings a next one from two thirds of its year on, not before', () => {
    const due = start - 5 * minute + ((365 * day + 5 * minute) * 2) / 3;
    expect(planAt(due - minute, settled()).authority).toBe('keep');
    expect(planAt(due, settled()).authority).toBe('introduce');
  });
});

describe('the plan for the leaf', () => {
  it('issues it anew from two thirds of its month on, not before', () => {
    const due = start - 5 * minute + ((30 * day + 5 * minute) * 2) / 3;
    expect(planAt(due - minute, settled()).leaf).toBeUndefined();
    expect(planAt(due, settled()).leaf).toBe('due');
  });

  it.each([
    { name: 'is none', leaf: () => ({ cert: 'broken', key: 'broken' }), why: 'missing' },
    { name: 'has the key of another', leaf: () => ({ ...leafOfFirst, key: second.key }), why: 'missing' },
    { name: 'was signed by another authority', leaf: () => leafOfSecond, why: 'other-authority' },
    { name: 'is for other names', leaf: () => selfMade, why: 'other-names' },
  ])('issues it anew where it $name', ({ leaf, why }) => {
    expect(planAt(start, settled(), leaf()).leaf).toBe(why);
  });
});

describe('the bundle', () => {
  it('holds whatever may have signed what is served now or soon, each once', () => {
    const all = { ...rolling(start), previousCert: first.cert };
    expect(bundleOf(all)).toBe(`${first.cert.trim()}\n${second.cert.trim()}\n`);
  });

  it('leaves out what is no certificate', () => {
    expect(bundleOf({ ...settled(), previousCert: 'broken' })).toBe(`${first.cert.trim()}\n`);
  });
});
