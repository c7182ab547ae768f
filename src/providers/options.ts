import { isObject, typeName } from '../objects/json.js';
import type { Provider, ProviderOption } from './provider.js';

export type OptionValue = string | number | boolean | readonly string[];

/** Options of one provider that passed `checkOptions`. */
export type OptionValues = Readonly<Record<string, OptionValue>>;

export interface OptionComplaint {
  /** From the options downwards: `['specs', 0]`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** All faults at once. `values` holds the options without a fault; absent options are none. */
export function checkOptions(
  provider: Provider,
  options: unknown,
): { readonly values: OptionValues; readonly complaints: readonly OptionComplaint[] } {
  if (options === undefined || options === null) return { values: {}, complaints: [] };
  if (!isObject(options)) {
    return { values: {}, complaints: [complaint([], `expected an object, got ${typeName(options)}`)] };
  }
  const values: Record<string, OptionValue> = {};
  const complaints: OptionComplaint[] = [];
  for (const [name, value] of Object.entries(options)) {
    const option = optionOf(provider, name);
    const faults =
      option === undefined
        ? [complaint([name], unknownOption(provider, name))]
        : checkOption(option, value).map(({ path, message }) => complaint([name, ...path], message));
    complaints.push(...faults);
    if (faults.length === 0) values[name] = value as OptionValue;
  }
  return { values, complaints };
}

/** What checked options write on the pod. */
export function optionMarks(
  provider: Provider,
  values: OptionValues,
): {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
} {
  const annotations: Record<string, string> = {};
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const option = optionOf(provider, name);
    if (option === undefined) continue;
    const target = option.writes.to === 'label' ? labels : annotations;
    target[option.writes.key] = written(option, value);
  }
  return { annotations, labels };
}

const complaint = (path: OptionComplaint['path'], message: string): OptionComplaint => ({ path, message });

function optionOf({ options = {} }: Provider, name: string): ProviderOption | undefined {
  return Object.hasOwn(options, name) ? options[name] : undefined;
}

function unknownOption({ name: provider, options = {} }: Provider, name: string): string {
  const known = Object.keys(options);
  const has = known.length === 0 ? 'has no options' : `knows ${known.join(', ')}`;
  return `unknown option ${JSON.stringify(name)}: ${provider} ${has}`;
}

function checkOption(option: ProviderOption, value: unknown): readonly OptionComplaint[] {
  const faults = checkType(option, value);
  if (faults.length > 0 || option.writes.to !== 'label') return faults;
  const text = written(option, value as OptionValue);
  return labelValue.test(text) ? [] : [complaint([], `expected a label value, got ${JSON.stringify(text)}`)];
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const labelValue = /^(?=.{0,63}$)([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

function checkType(option: ProviderOption, value: unknown): readonly OptionComplaint[] {
  switch (option.type) {
    case 'boolean':
      return typeof value === 'boolean' ? [] : [wrongType('a boolean', value)];
    case 'integer':
      return checkInteger(option, value);
    case 'string':
    case 'enum':
      return checkText(option, value, []);
    case 'stringList':
      return checkList(option, value);
    default:
      return option.type satisfies never;
  }
}

function checkInteger({ minimum, maximum }: ProviderOption, value: unknown): readonly OptionComplaint[] {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return [wrongType('an integer', value)];
  if (minimum !== undefined && value < minimum) {
    return [complaint([], `expected at least ${minimum}, got ${value}`)];
  }
  if (maximum !== undefined && value > maximum) {
    return [complaint([], `expected at most ${maximum}, got ${value}`)];
  }
  return [];
}

function checkText(
  { values, pattern }: ProviderOption,
  value: unknown,
  path: OptionComplaint['path'],
): readonly OptionComplaint[] {
  if (typeof value !== 'string') return [wrongType('a string', value, path)];
  const got = `got ${JSON.stringify(value)}`;
  if (!oneLine.test(value)) return [complaint(path, `expected one line without blanks around it, ${got}`)];
  if (values !== undefined && !values.includes(value)) {
    return [complaint(path, `expected one of ${values.join(', ')}, ${got}`)];
  }
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
    return [complaint(path, `expected a text that matches ${pattern}, ${got}`)];
  }
  return [];
}

/** Not empty either. */
const oneLine = /^\S(.*\S)?$/u;

function checkList(option: ProviderOption, value: unknown): readonly OptionComplaint[] {
  if (!Array.isArray(value)) return [wrongType('a list of strings', value)];
  if (value.length === 0) return [complaint([], 'expected at least one item')];
  const tooMany =
    option.maxItems !== undefined && value.length > option.maxItems
      ? [complaint([], `expected at most ${option.maxItems} items, got ${value.length}`)]
      : [];
  const separator = separatorOf(option);
  const faults = value.flatMap((item: unknown, i) =>
    typeof item === 'string' && item.includes(separator)
      ? [
          complaint(
            [i],
            `expected one item without ${JSON.stringify(separator)}, got ${JSON.stringify(item)}`,
          ),
        ]
      : checkText(option, item, [i]),
  );
  return [...tooMany, ...faults];
}

function wrongType(expected: string, value: unknown, path: OptionComplaint['path'] = []): OptionComplaint {
  const got = typeof value === 'number' ? String(value) : typeName(value);
  return complaint(path, `expected ${expected}, got ${got}`);
}

const separatorOf = (option: ProviderOption) => option.writes.separator ?? ',';

function written(option: ProviderOption, value: OptionValue): string {
  return typeof value === 'object' ? value.join(separatorOf(option)) : String(value);
}
