/** The few ASN.1 values of an X.509 certificate, in DER (X.690). */
const tag = (code: number, ...contents: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([code]), lengthOf(content.length), content]);
};

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

export const sequence = (...items: readonly Buffer[]): Buffer => tag(0x30, ...items);
export const set = (...items: readonly Buffer[]): Buffer => tag(0x31, ...items);
export const boolean = (value: boolean): Buffer => tag(0x01, Buffer.from([value ? 0xff : 0]));
export const octets = (content: Buffer): Buffer => tag(0x04, content);
export const utf8 = (text: string): Buffer => tag(0x0c, Buffer.from(text));
export const bits = (content: Buffer, unused = 0): Buffer => tag(0x03, Buffer.from([unused]), content);
/** A positive number; a leading zero keeps it positive. */
export const integer = (content: Buffer): Buffer =>
  tag(0x02, (content[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), content]) : content);
/** A tag of the surrounding type's own, around other values. */
export const explicit = (number: number, ...items: readonly Buffer[]): Buffer => tag(0xa0 | number, ...items);
/** A tag of the surrounding type's own, in place of another. */
export const implicit = (number: number, content: Buffer): Buffer => tag(0x80 | number, content);
/** GeneralizedTime: four-digit years. */
export const time = (ms: number): Buffer =>
  tag(0x18, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest.flatMap(base128)];
  return tag(0x06, Buffer.from(bytes));
}

function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift(128 + (rest % 128));
  return bytes;
}
