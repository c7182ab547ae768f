import { bundlePatch, ownEntries } from '../../certs/ca-bundle.js';
import { endOf, parseCertificate } from '../../certs/inspect.js';
import { issueCa, issueLeaf } from '../../certs/issue.js';
import { bundleOf, lifetimes, planCertificates, type AuthorityTexts, type Plan } from '../../certs/plan.js';
import type { Client } from '../../kube/client.js';
import { resources } from '../../kube/resource.js';
import { whenAborted, type Clock, type Random } from '../../telemetry/clock.js';
import type { Controller } from '../controller.js';
import { writeSecret } from './apply.js';
import { afterStep } from './decide.js';
import {
  authorityTexts,
  changedAnnotation,
  leafTexts,
  observeCertificates,
  type CertificatePlaces,
  type CertificateState,
} from './observe.js';

export interface CertificatesDeps {
  readonly client: Pick<Client, 'get' | 'create' | 'update' | 'patch'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly places: CertificatePlaces;
  /** DNS names of the webhook's Service. */
  readonly names: readonly string[];
  readonly observer: CertificatesObserver;
}

/** For the log and the metrics. */
export interface CertificatesObserver {
  /** Something was written. */
  renewed(what: Plan, patched: number): void;
  /** Milliseconds since the epoch at which the authority that signs, and the leaf, end. */
  expires(authority: number, leaf: number): void;
  /** It will be tried again. */
  failed(error: unknown): void;
  /** The term is over: what it knew of ends is somebody else's to tell from now on. */
  left(): void;
}

/** How often everything is looked at, by jitter up to half as long again: a deleted Secret heals within that. */
const everyMs = 20_000;

/**
 * Keeps the webhook's certificates: an authority of its own and a leaf, renewed long before they end, never a moment
 * in which a leaf is served that an API server does not trust. Whatever is deleted or broken is made anew.
 */
export function createCertificates(deps: CertificatesDeps): Controller {
  const { clock, random, observer } = deps;
  return {
    name: 'certificates',
    observe: whenAborted,
    hasSynced: true,
    async lead(term, stop) {
      const ended = AbortSignal.any([term.signal, stop]);
      for (let goesOn = !ended.aborted; goesOn; goesOn = !ended.aborted && term.isValid()) {
        await once(deps, term.signal).catch((error: unknown) => {
          if (!ended.aborted) observer.failed(error);
        });
        await clock.sleep(everyMs * (1 + random() / 2), ended);
      }
      observer.left();
    },
  };
}

/** In this order a process that ends between two writes leaves nothing that is not trusted. */
async function once(deps: CertificatesDeps, signal: AbortSignal): Promise<void> {
  const { client, places, clock, observer } = deps;
  const state = await observeCertificates(client, places, signal);
  const before = remembered(authorityTexts(state.authority), state);
  const now = clock.now();
  const leaf = leafTexts(state.serving);
  const plan = planCertificates({ authority: before, leaf, names: deps.names, now });

  const authority = await takeStep(deps, state, before, plan, signal);
  const patched = await publish(deps, state, bundleOf(authority), signal);
  const served = await serve(deps, state, authority, plan, signal);
  if (plan.authority !== 'keep' || plan.leaf !== undefined || patched > 0) observer.renewed(plan, patched);
  observer.expires(endOf(authority.cert), endOf(served));
}

/**
 * An authority that was deleted or broken: whoever is trusted now may have signed what is still served, until the
 * kubelets have mounted a new leaf.
 */
function remembered(authority: AuthorityTexts, { configuration }: CertificateState): AuthorityTexts {
  if (parseCertificate(authority.cert) !== undefined) return authority;
  const [entry] = configuration === undefined ? [] : ownEntries(configuration);
  return { ...authority, cert: entry?.caBundle ?? '', key: '' };
}

async function takeStep(
  { client, clock, places: { namespace, authoritySecret: name } }: CertificatesDeps,
  { authority }: CertificateState,
  before: AuthorityTexts,
  { authority: step }: Plan,
  signal: AbortSignal,
): Promise<AuthorityTexts> {
  if (step === 'keep') return before;
  const now = clock.now();
  const needsPair = step === 'create' || step === 'introduce';
  const made = needsPair
    ? await issueCa('tidegate webhook CA', { now, days: lifetimes.authority })
    : undefined;
  const after = afterStep(before, step, made, now);
  const data = {
    'ca.crt': after.cert,
    'ca.key': after.key,
    'next.crt': after.nextCert,
    'next.key': after.nextKey,
    'previous.crt': after.previousCert,
  };
  const annotations = { [changedAnnotation]: new Date(now).toISOString() };
  await writeSecret(client, { namespace, name, before: authority, data, annotations }, signal);
  return after;
}

/** How many entries of the configuration were changed. A configuration that is not there yet has none. */
async function publish(
  { client, places }: CertificatesDeps,
  { configuration }: CertificateState,
  bundle: string,
  signal: AbortSignal,
): Promise<number> {
  const body = configuration === undefined ? [] : bundlePatch(configuration, bundle);
  if (body.length === 0) return 0;
  await client.patch(
    resources.mutatingWebhooks,
    { name: places.configuration },
    { type: 'json', body },
    { signal },
  );
  return body.length / 2;
}

/** The leaf that is in the Secret now. */
async function serve(
  { client, clock, names, places: { namespace, servingSecret: name } }: CertificatesDeps,
  { serving }: CertificateState,
  authority: AuthorityTexts,
  plan: Plan,
  signal: AbortSignal,
): Promise<string> {
  const held = leafTexts(serving);
  const bundle = bundleOf(authority);
  if (plan.leaf === undefined && held.bundle === bundle) return held.cert;
  const [commonName = 'tidegate-webhook'] = names;
  const leaf =
    plan.leaf === undefined
      ? held
      : await issueLeaf(authority, {
          commonName: commonName.slice(0, maxCommonName),
          dnsNames: names,
          usage: 'server',
          now: clock.now(),
          days: lifetimes.leaf,
        });
  const data = { 'tls.crt': leaf.cert, 'tls.key': leaf.key, 'ca.crt': bundle };
  await writeSecret(client, { namespace, name, before: serving, data }, signal);
  return leaf.cert;
}

/** `ub-common-name` of RFC 5280, appendix A. */
const maxCommonName = 64;
