import type { X509Certificate } from 'node:crypto';
import { ownEntries } from '../../certs/ca-bundle.js';
import { authorityOf, inspectPair, servedWith, type HeldPair } from '../../certs/inspect.js';
import type { KubeObject } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import { fault, orOk, warning, type Check, type Examination, type Finding, type Names } from '../check.js';
import { textAt } from '../look.js';
import { certificateRemedies, sourceOf, type CertificateSource } from '../certificate-source.js';
import { settingsOf } from '../settings.js';

/** What the webhook serves with is good for a while, and the API server trusts it. */
export const certificates: Check = {
  id: 'certificates',
  needs: ['installation'],
  async run({ read, names, now }) {
    const { namespace } = names;
    const [webhook, controllers, configuration] = await Promise.all([
      read.get(resources.deployments, { namespace, name: names.webhook }),
      read.get(resources.deployments, { namespace, name: names.controllers }),
      read.get(resources.mutatingWebhooks, { name: names.fullname }),
    ]);
    const secretName = webhook === undefined ? '' : settingsOf(webhook).secretOf('tls');
    const secret =
      secretName === '' ? undefined : await read.get(resources.secrets, { namespace, name: secretName });
    const source = sourceOf(controllers, configuration);
    return judgeCertificates({ secretName, secret, configuration, source }, { names, now });
  },
};

export interface CertificateFacts {
  readonly secretName: string;
  readonly secret: KubeObject | undefined;
  readonly configuration: KubeObject | undefined;
  readonly source: CertificateSource;
}

export function judgeCertificates(
  { secretName, secret, configuration, source }: CertificateFacts,
  { names, now }: Pick<Examination, 'names' | 'now'>,
): readonly Finding[] {
  const remedies = certificateRemedies(source, secretName, names);
  if (secret === undefined)
    return [fault(`there is no Secret ${secretName}: the webhook cannot serve`, remedies.leaf)];
  const chain = decoded(secret, 'tls.crt');
  const pair = inspectPair(chain, decoded(secret, 'tls.key'));
  if (pair === undefined)
    return [fault(`Secret ${secretName} holds no certificate with its key`, remedies.leaf)];
  const findings = [
    ...leafFindings(pair, secretName, { names, now }, remedies.leaf),
    ...bundleFindings(
      { leaf: pair.parsed, servedWith: servedWith(chain), now },
      configuration,
      remedies.bundle,
    ),
  ];
  return orOk(findings, `the API server trusts the certificate, which ends on ${dayOf(pair.until)}`);
}

/** Of a certificate's life: renewed at two thirds of it, one with less left was not renewed when it was due. */
const leastLeft = 1 / 4;

function leafFindings(
  { parsed, from, until }: HeldPair,
  secretName: string,
  { names, now }: Pick<Examination, 'names' | 'now'>,
  remedy: string,
): readonly Finding[] {
  const which = `the certificate of Secret ${secretName}`;
  const host = hostOf(names);
  const findings: Finding[] = [];
  if (now >= until) findings.push(fault(`${which} has ended on ${dayOf(until)}`, remedy));
  else if (now < from) findings.push(fault(`${which} begins on ${dayOf(from)} only`, remedy));
  else if (until - now < (until - from) * leastLeft)
    findings.push(warning(`${which} ends on ${dayOf(until)} and has not been renewed`, remedy));
  if (parsed.checkHost(host) === undefined) findings.push(fault(`${which} is not for ${host}`, remedy));
  return findings;
}

interface Served {
  readonly leaf: X509Certificate;
  readonly servedWith: readonly X509Certificate[];
  readonly now: number;
}

/** Nothing, where there is no configuration: another check says so. */
function bundleFindings(
  { leaf, servedWith: others, now }: Served,
  configuration: KubeObject | undefined,
  remedy: string,
): readonly Finding[] {
  return ownEntries(configuration ?? {}).flatMap(({ name, caBundle }) => {
    if (caBundle === '')
      return [fault(`${name} has no caBundle: the API server trusts nobody there`, remedy)];
    const authority = authorityOf(leaf, caBundle, others);
    if (authority === undefined)
      return [fault(`the caBundle of ${name} does not hold the authority of the certificate`, remedy)];
    const until = authority.validToDate.getTime();
    return now < until
      ? []
      : [fault(`the authority in the caBundle of ${name} has ended on ${dayOf(until)}`, remedy)];
  });
}

/** The API server asks for a Service's certificate by this name. */
const hostOf = ({ webhook, namespace }: Names): string => `${webhook}.${namespace}.svc`;

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const decoded = (secret: KubeObject, key: string): string =>
  Buffer.from(textAt(secret, 'data', key), 'base64').toString();
