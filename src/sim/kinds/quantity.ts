const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const canonical = new Map<string, string>();

/**
 * A quantity in the form that the API server stores: `0.5` is `500m`, `1024Mi` is `1Gi`.
 * @returns undefined where it is none.
 */
export function canonicalQuantity(text: string): string | undefined {
  const known = canonical.get(text);
  if (known !== undefined) return known;
  const parsed = parse(text);
  if (parsed === undefined) return undefined;
  const printed = print(parsed);
  if (canonical.size < 1000) canonical.set(text, printed);
  return printed;
}

interface Parsed {
  /** The value is `mantissa` × 10^`exponent`. */
  readonly mantissa: bigint;
  readonly exponent: number;
  readonly format: 'binary' | 'decimal' | 'exponent';
}

function parse(text: string): Parsed | undefined {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d+))?$/.exec(text);
  if (found === null) return undefined;
  const [, sign, whole = '', fraction = '', binarySuffix, suffix, power] = found;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  const exponent = -fraction.length;
  if (binarySuffix !== undefined) {
    return { mantissa: digits * 1024n ** BigInt(binary.indexOf(binarySuffix)), exponent, format: 'binary' };
  }
  if (power !== undefined)
    return { mantissa: digits, exponent: exponent + Number(power), format: 'exponent' };
  return {
    mantissa: digits,
    exponent: exponent + 3 * (decimal.indexOf(suffix ?? '') - 3),
    format: 'decimal',
  };
}

function print({ mantissa, exponent, format }: Parsed): string {
  if (mantissa === 0n) return '0';
  let digits = mantissa;
  let tens = exponent;
  while (digits % 10n === 0n) {
    digits /= 10n;
    tens++;
  }
  const whole = tens >= 0 ? digits * 10n ** BigInt(tens) : undefined;
  if (format === 'binary' && whole !== undefined && (whole >= 1024n || whole <= -1024n))
    return printBinary(whole);
  return printDecimal(digits, tens, format);
}

function printBinary(value: bigint): string {
  let rest = value;
  let power = 0;
  while (rest % 1024n === 0n && power < binary.length - 1) {
    rest /= 1024n;
    power++;
  }
  return `${rest}${binary[power] ?? ''}`;
}

/** The greatest power of 1000 that leaves no fraction; nothing below nano is kept. */
function printDecimal(digits: bigint, tens: number, format: Parsed['format']): string {
  const power = Math.max(-9, Math.min(18, Math.floor(tens / 3) * 3));
  const shift = tens - power;
  const shown = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  if (format === 'exponent') return power === 0 ? String(shown) : `${shown}e${power}`;
  return `${shown}${decimal[power / 3 + 3] ?? ''}`;
}
