import { SelectorError } from './labels.js';
import type { LabelOperator, LabelRequirement, LabelRequirements } from './labels.js';

const operators = new Map<string, LabelOperator>([
  ['=', 'In'],
  ['==', 'In'],
  ['!=', 'NotIn'],
  ['in', 'In'],
  ['notin', 'NotIn'],
  ['>', 'Gt'],
  ['gt', 'Gt'],
  ['<', 'Lt'],
  ['lt', 'Lt'],
]);
const expectedOperators = 'in, notin, =, ==, !=, gt, lt';
const symbols = ['==', '!=', '=', '!', ',', '(', ')', '<', '>'];

/** Reads a `labelSelector`. @throws SelectorError in the words of k8s.io/apimachinery/pkg/labels */
export function parseLabels(text: string): LabelRequirements {
  const tokens = new Tokens(text);
  const found: LabelRequirement[] = [];
  if (tokens.peek() === '') return found;
  for (;;) {
    found.push(requirement(tokens));
    const next = tokens.take();
    if (next === '') return found;
    if (next !== ',') fail(`found '${next}', expected: ',' or 'end of string'`);
    const after = tokens.peek();
    if (after !== '!' && !isWord(after)) fail(`found '${after}', expected: identifier after ','`);
  }
}

function requirement(tokens: Tokens): LabelRequirement {
  const first = tokens.take();
  if (first === '!') return { key: word(tokens), operator: 'DoesNotExist', values: [] };
  if (!isWord(first)) fail(`found '${first}', expected: !, identifier, or 'end of string'`);
  const next = tokens.peek();
  if (next === ',' || next === '') return { key: checkedKey(first), operator: 'Exists', values: [] };
  const symbol = tokens.take();
  const operator = operators.get(symbol);
  if (operator === undefined) return fail(`found '${symbol}', expected: ${expectedOperators}`);
  const values = symbol === 'in' || symbol === 'notin' ? valueSet(tokens) : [exactValue(tokens)];
  return { key: checkedKey(first), operator, values: values.map((value) => checkedValue(operator, value)) };
}

function word(tokens: Tokens): string {
  const text = tokens.take();
  if (!isWord(text)) fail(`found '${text}', expected: identifier`);
  return checkedKey(text);
}

function exactValue(tokens: Tokens): string {
  const next = tokens.peek();
  if (next === '' || next === ',') return '';
  const text = tokens.take();
  return isWord(text) ? text : fail(`found '${text}', expected: identifier`);
}

function valueSet(tokens: Tokens): string[] {
  const open = tokens.take();
  if (open !== '(') fail(`found '${open}' expected: '('`);
  const values: string[] = [];
  for (;;) {
    const next = tokens.peek();
    values.push(isWord(next) ? tokens.take() : '');
    const end = tokens.take();
    if (end === ')') return values;
    if (end !== ',') fail(`found '${end}', expected: ',' or ')'`);
  }
}

const isWord = (token: string): boolean => token !== '' && !symbols.includes(token);

function checkedKey(key: string): string {
  if (!/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(key)) {
    fail(
      `unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    );
  }
  return key;
}

function checkedValue(operator: LabelOperator, value: string): string {
  if ((operator === 'Gt' || operator === 'Lt') && !/^[+-]?\d+$/.test(value)) {
    fail(
      `unable to parse requirement: values[0]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
    );
  }
  if (!/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value) || value.length > 63) {
    fail(
      `unable to parse requirement: values[0]: Invalid value: ${JSON.stringify(value)}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    );
  }
  return value;
}

function fail(message: string): never {
  throw new SelectorError(message);
}

/** Words and symbols; '' at the end. */
class Tokens {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(/==|!=|[=!,()<>]|[^\s=!,()<>]+/g) ?? [];
  }

  peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  take(): string {
    const token = this.peek();
    this.#at++;
    return token;
  }
}
