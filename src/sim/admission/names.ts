/** Naming rules of Kubernetes, with the API server's words for a breach. Each answers no complaint for a valid text. */
const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const rule = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
const isLabel = rule(label);
const isSubdomain = rule(`${label}(\\.${label})*`);
const isQualified = rule(qualified);
const isLabelValue = rule(`(${qualified})?`);
const isService = rule('[a-z]([-a-z0-9]*[a-z0-9])?');

const tooLong = (max: number): string =>
  `must be no more than ${max} ${max === 1 ? 'character' : 'characters'}`;

export function dnsLabel(text: string): readonly string[] {
  if (text.length > 63) return [tooLong(63)];
  if (isLabel.test(text)) return [];
  return [
    `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`,
  ];
}

export function dnsSubdomain(text: string): readonly string[] {
  if (text.length > 253) return [tooLong(253)];
  if (isSubdomain.test(text)) return [];
  return [
    `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${label}(\\.${label})*')`,
  ];
}

export function serviceName(text: string): readonly string[] {
  if (text.length > 63) return [tooLong(63)];
  if (isService.test(text)) return [];
  return [
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
  ];
}

/** What may stand in a URL's path: names of RBAC objects. */
export function pathSegment(text: string): readonly string[] {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%']
    .filter((illegal) => text.includes(illegal))
    .map((illegal) => `may not contain '${illegal}'`);
}

/** `example.com/name` or `name`: keys of labels and annotations. */
export function qualifiedName(text: string): readonly string[] {
  const parts = text.split('/');
  const [first = '', second] = parts;
  if (parts.length > 2) {
    return [
      `a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualified}') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const prefix = second === undefined ? [] : prefixFaults(first);
  return [...prefix, ...namePart(second ?? first)];
}

function prefixFaults(prefix: string): readonly string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return dnsSubdomain(prefix).map((fault) => `prefix part ${fault}`);
}

function namePart(name: string): readonly string[] {
  if (name === '') return ['name part must be non-empty', badNamePart];
  if (name.length > 63) return [`name part ${tooLong(63)}`];
  return isQualified.test(name) ? [] : [badNamePart];
}

const badNamePart = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualified}')`;

export function labelValue(text: string): readonly string[] {
  if (text.length > 63) return [tooLong(63)];
  if (isLabelValue.test(text)) return [];
  return [
    `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${qualified})?')`,
  ];
}

/** Since 1.34 every printable ASCII character but `=` may stand in a variable's name. */
export function envName(text: string): readonly string[] {
  if (/^[\x20-\x3c\x3e-\x7e]+$/.test(text)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}
