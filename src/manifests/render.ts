import {
  stringify,
  type CreateNodeOptions,
  type DocumentOptions,
  type SchemaOptions,
  type ToStringOptions,
} from 'yaml';
import { isObject } from '../objects/json.js';
import type { Style } from './style.js';

/**
 * kubectl reads YAML 1.1, in which `on` and `12:30` are no strings: what could be misread is quoted. No line is folded.
 */
const safe = {
  compat: 'yaml-1.1',
  lineWidth: 0,
  aliasDuplicateObjects: false,
} as const satisfies ToStringOptions & DocumentOptions & SchemaOptions & CreateNodeOptions;

/** Lines of a block, the first at column 0, without a line break at the end. */
export function renderBlock(value: unknown, { step, seqStep }: Style): string[] {
  const options = { ...safe, indent: step, indentSeq: seqStep > 0 };
  return stringify(value, options).trimEnd().split('\n');
}

/** One line, as in `{ a: 1 }`; `padded` with the spaces inside. */
export function renderInline(value: unknown, padded: boolean): string {
  const options = {
    ...safe,
    collectionStyle: 'flow',
    blockQuote: false,
    flowCollectionPadding: padded,
  } as const;
  return stringify(value, options).trimEnd();
}

/** Lines of JSON, the first at column 0. */
export const renderJson = (value: unknown, step: number): string[] =>
  JSON.stringify(value, null, step).split('\n');

/** An item of a list, with its dash. */
export const itemLines = (value: unknown, style: Style): string[] =>
  renderBlock(value, style).map((line, i) => (i === 0 ? `- ${line}` : line && `  ${line}`));

/** Every line but the first moved to `column`. */
export const hang = (lines: readonly string[], column: number, newline: string): string =>
  lines.map((line, i) => (i === 0 || line === '' ? line : ' '.repeat(column) + line)).join(newline);

/** Holds items, so that it takes lines of its own. */
export const isFilled = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
