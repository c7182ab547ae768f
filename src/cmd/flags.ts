import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { AppError, messageOf } from '../errors.js';

/** The flags of a command, and what stood between them. @throws AppError `usage`, naming the flag. */
export function parseFlags<const T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, allowNegative: true, strict: true });
  } catch (error) {
    // The first sentence names the flag; the second explains `--` in a way that helps nobody here.
    const [sentence = ''] = messageOf(error).split('. ');
    throw new AppError('usage', sentence, { cause: error });
  }
}

export function noPositionals(positionals: readonly string[]): void {
  const [first] = positionals;
  if (first !== undefined) throw new AppError('usage', `unexpected argument '${first}'`);
}

export function required<T>(flag: string, value: T | undefined): T {
  if (value === undefined) throw new AppError('usage', `--${flag} is required`);
  return value;
}

/** A whole number from `min` to `max`. */
export function integer(flag: string, text: string, min: number, max: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new AppError('usage', `--${flag}: expected a whole number from ${min} to ${max}, got '${text}'`);
}

export function oneOf<const T extends string>(flag: string, text: string, values: readonly T[]): T {
  const value = values.find((candidate) => candidate === text);
  if (value !== undefined) return value;
  throw new AppError('usage', `--${flag}: expected one of ${values.join(', ')}, got '${text}'`);
}

/** Policies are read from files, or from the cluster: one of both. Undefined: from the cluster. */
export function policySource(values: {
  readonly policies?: string[] | undefined;
  readonly 'policies-from-cluster': boolean;
}): readonly string[] | undefined {
  const { policies, 'policies-from-cluster': fromCluster } = values;
  if ((policies !== undefined) === fromCluster) {
    const came = fromCluster ? 'both' : 'neither';
    throw new AppError('usage', `expected --policies or --policies-from-cluster, got ${came}`);
  }
  return policies;
}
