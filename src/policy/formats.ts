import { z } from 'zod';

/**
 * What the API server demands of the strings that a policy may bring into a workload. A value that passes here is
 * never the reason for a refused object. Every pattern is valid in RE2 too: the CRD carries it.
 */

const text = (pattern: RegExp, maxLength: number, expected: string) =>
  z.string().min(1, `expected ${expected}`).max(maxLength).regex(pattern, `expected ${expected}`);

const dotted = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';

/** apimachinery `IsDNS1123Subdomain`: names of objects, secrets, schedulers. */
export const subdomain = text(
  new RegExp(`^${dotted}$`),
  253,
  'a DNS-1123 subdomain (lower case letters, digits, - and .)',
);

/** apimachinery `IsDNS1123Label`. */
export const namespaceName = text(
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  63,
  'a DNS-1123 label (lower case letters, digits and -)',
);

/** apimachinery `IsDNS1123Label` with `*` and `?`: a glob over namespace names. */
export const namespaceGlob = text(
  /^[a-z0-9*?]([-a-z0-9*?]*[a-z0-9*?])?$/,
  63,
  'a namespace name or a glob (* for any text, ? for one character)',
);

const name63 = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const key = `(${dotted}/)?${name63}`;

/** apimachinery `IsQualifiedName`: a name of at most 63 characters, before it a DNS subdomain and `/` if wanted. */
export const qualifiedName = text(new RegExp(`^${key}$`), 317, 'a label key such as app or example.com/app');

/** apimachinery `IsValidLabelValue`: may be empty. */
export const labelValue = z
  .string()
  .max(63)
  .regex(
    /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/,
    'expected a label value (letters, digits, - _ . inside)',
  );

/** apimachinery `IsEnvVarName` before it was relaxed in Kubernetes 1.30: valid everywhere. */
export const envName = text(
  /^([A-Za-z_-]|\.[-A-Za-z0-9_])[-._A-Za-z0-9]*$/,
  253,
  'an environment variable name (letters, digits, - _ . and no digit first)',
);

/** apimachinery `IsConfigMapKey`. */
export const configMapKey = text(
  /^([-_A-Za-z0-9]|\.[-_A-Za-z0-9])[-._A-Za-z0-9]*$/,
  253,
  'a key (letters, digits, - _ .)',
);

/**
 * What core/v1 `fieldRef` of an environment variable may name on every version, with the keys that
 * `ValidateQualifiedName` lets pass (kubernetes:pkg/apis/core/validation/validation.go).
 */
export const fieldPath = text(
  new RegExp(
    `^(metadata\\.(name|namespace|uid|(labels|annotations)\\['${key}'\\])|spec\\.(nodeName|serviceAccountName)|status\\.(hostIP|podIP|podIPs))$`,
  ),
  512,
  "a field that a variable can be read from, such as metadata.name or metadata.labels['app']",
);

/** Any text but a NUL, which no process can hold in its environment. */
export const envValue = z
  .string()
  .refine((value) => !value.includes('\0'), 'expected a text without NUL')
  .meta({ openapi: { pattern: '^[^\\x00]*$' } });

/** A provider's preset: its file's name. Whether there is one is checked beside the schema. */
export const providerName = text(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 63, 'the name of a provider');

/** 1..65535. */
const port = '([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])';

const urlExpected =
  'an http or https URL such as http://collector.tracing:4318, its port, if any, within 1..65535';
export const httpUrl = text(
  new RegExp(`^https?://[^\\s/?#:]+(:${port})?([/?#][^\\s]*)?$`),
  2048,
  urlExpected,
).refine((value) => URL.canParse(value), `expected ${urlExpected}`);

export const broker = text(
  new RegExp(`^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?:${port}$`),
  259,
  'a Kafka broker as host:port, its port within 1..65535',
);

/** Kafka `Topic.validate`: at most 249 characters. */
export const kafkaTopic = text(
  /^([-_A-Za-z0-9]|\.[-._A-Za-z0-9]*[-_A-Za-z0-9])[-._A-Za-z0-9]*$/,
  249,
  'a Kafka topic (letters, digits, - _ .)',
);

/** Names of a log service's own objects: no white space, no comma (they are written into comma lists). */
export const logName = text(/^[^\s,]+$/, 255, 'a name without white space and commas');

/** Written into comma lists of container variables: no white space, no comma; a file, not a folder. */
export const logSource = text(
  /^(stdout|\/[^\s,]*[^\s,/])$/,
  1024,
  'stdout or an absolute glob such as /var/log/app/*.log',
);

/** Signed 32 bits, as the API server keeps them. */
export const int32 = z.int32();

/** Kept small so that a user's own deletion cost can always win. */
export const deletionCost = z.int32().min(-1000).max(1000);
