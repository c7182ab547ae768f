import { isObject } from '../objects/json.js';
import { checkOptions } from '../providers/options.js';
import { findProvider, providerNames } from '../providers/registry.js';
import { type Fault, show } from './fault.js';

/** What the schema cannot know: which providers there are, and which options each has. Takes any document. */
export function providerFaults(document: unknown): Fault[] {
  const placement = memberOf(memberOf(document, 'spec'), 'placement');
  const choices = memberOf(placement, 'providers');
  if (!Array.isArray(choices)) return [];
  return choices.flatMap((choice: unknown, i) => choiceFaults(choice, ['spec', 'placement', 'providers', i]));
}

function choiceFaults(choice: unknown, path: Fault['path']): Fault[] {
  const name = memberOf(choice, 'name');
  if (typeof name !== 'string') return [];
  const provider = findProvider(name);
  if (provider === undefined) {
    const message = `expected one of ${providerNames.toSorted().join(', ')}, got ${show(name)}`;
    return [{ path: [...path, 'name'], message }];
  }
  const { complaints } = checkOptions(provider, memberOf(choice, 'options'));
  return complaints.map((complaint) => ({
    path: [...path, 'options', ...complaint.path],
    message: complaint.message,
  }));
}

function memberOf(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
