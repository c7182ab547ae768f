import { inspectPair, isSignedBy, parseCertificate, type HeldPair } from './inspect.js';

/** What the Secret of the authority holds, as texts; any of them may be missing or broken. */
export interface AuthorityTexts {
  readonly cert: string;
  readonly key: string;
  /** The authority that takes over next: published already, signs nothing yet. */
  readonly nextCert: string;
  readonly nextKey: string;
  /** The authority before, for leaves that are still served. */
  readonly previousCert: string;
  /** When the last of these steps was taken, in milliseconds since the epoch; NaN: not known. */
  readonly changedAt: number;
}

export interface LeafTexts {
  readonly cert: string;
  readonly key: string;
}

export interface PlanFacts {
  readonly authority: AuthorityTexts;
  readonly leaf: LeafTexts;
  /** DNS names that the leaf must have. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch, by the wall clock: a machine that was suspended finds it later, not slower. */
  readonly now: number;
}

/**
 * The one step that is due for the authority:
 *
 * - `create` there is none that can sign: a new one, at once
 * - `introduce` it has lived two thirds: a next one is made and published beside it
 * - `promote` the next one has been published long enough: it signs from now on, the old one stays published
 * - `retire` no leaf of the old one can be served any more: it goes
 */
export type AuthorityStep = 'keep' | 'create' | 'introduce' | 'promote' | 'retire';

export interface Plan {
  readonly authority: AuthorityStep;
  /** Why the leaf is to be issued anew; undefined: it is not. Judged against the authority after its step. */
  readonly leaf?: 'missing' | 'other-authority' | 'other-names' | 'due';
}

/** Days. The chart's readers may think in them: a year and a month. */
export const lifetimes = { authority: 365, leaf: 30 } as const;

/** A certificate is renewed at two thirds of its life, so that a third is left to notice that it was not. */
const renewAt = 2 / 3;

/**
 * Milliseconds. An API server sees a changed configuration within a second; replicas of it behind a slow network
 * get two minutes. A kubelet refreshes a mounted Secret within its sync period and its cache, together some two
 * minutes (https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-files-from-a-pod); ten leave
 * room for one that is restarted.
 */
export const overlaps = { published: 2 * 60_000, served: 10 * 60_000 } as const;

/** Pure: what is to be done to the certificates now. */
export function planCertificates(facts: PlanFacts): Plan {
  const step = authorityStep(facts);
  const leaf = leafFault(facts, step);
  return { authority: step, ...(leaf === undefined ? {} : { leaf }) };
}

function authorityStep({ authority, now }: PlanFacts): AuthorityStep {
  const current = usable(authority.cert, authority.key, now);
  const next = usable(authority.nextCert, authority.nextKey, now);
  if (current === undefined) return next === undefined ? 'create' : 'promote';
  if (next !== undefined) return hasPassed(authority, overlaps.published, now) ? 'promote' : 'keep';
  if (isDue(current, now)) return 'introduce';
  return authority.previousCert !== '' && hasPassed(authority, overlaps.served, now) ? 'retire' : 'keep';
}

/** A clock that was set back makes a step wait at most as long again. */
const hasPassed = ({ changedAt }: AuthorityTexts, ms: number, now: number): boolean =>
  Number.isNaN(changedAt) || now - changedAt >= ms || changedAt > now + ms;

/** One that is not valid yet was made by a clock that ran ahead. */
function usable(cert: string, key: string, now: number): HeldPair | undefined {
  const pair = inspectPair(cert, key);
  return pair !== undefined && pair.parsed.ca && now < pair.until && now >= pair.from ? pair : undefined;
}

const isDue = ({ from, until }: HeldPair, now: number): boolean => now >= from + (until - from) * renewAt;

function leafFault({ authority, leaf, names, now }: PlanFacts, step: AuthorityStep): Plan['leaf'] {
  const pair = inspectPair(leaf.cert, leaf.key);
  if (pair === undefined) return 'missing';
  if (step === 'create') return 'other-authority';
  const signer = parseCertificate(step === 'promote' ? authority.nextCert : authority.cert);
  if (signer === undefined || !isSignedBy(pair.parsed, signer)) return 'other-authority';
  if (names.some((name) => pair.parsed.checkHost(name) === undefined)) return 'other-names';
  return isDue(pair, now) || now < pair.from ? 'due' : undefined;
}

/** Everything that may have signed a leaf that is served or will be, the newest last. */
export function bundleOf({ cert, nextCert, previousCert }: AuthorityTexts): string {
  const all = [previousCert, cert, nextCert].filter((text) => parseCertificate(text) !== undefined);
  return [...new Set(all.map((text) => `${text.trim()}\n`))].join('');
}
