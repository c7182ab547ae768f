import { isObject, type Json, type JsonObject } from '../objects/json.js';

/** Entries of a webhook configuration with this ending are ours. */
export const ownSuffix = '.tidegate.io';

export interface OwnEntry {
  readonly name: string;
  readonly index: number;
  /** PEM; empty: none. */
  readonly caBundle: string;
}

/** Our entries of a MutatingWebhookConfiguration, wherever they stand in it. */
export function ownEntries({ webhooks }: JsonObject): readonly OwnEntry[] {
  const entries = Array.isArray(webhooks) ? (webhooks as readonly Json[]) : [];
  return entries.flatMap((entry, index) => {
    if (!isObject(entry) || typeof entry['name'] !== 'string' || !entry['name'].endsWith(ownSuffix))
      return [];
    const { clientConfig } = entry;
    const text = isObject(clientConfig) ? clientConfig['caBundle'] : undefined;
    return [{ name: entry['name'], index, caBundle: typeof text === 'string' ? decode(text) : '' }];
  });
}

/**
 * Puts a bundle into our entries and touches nothing else: others rewrite these configurations too
 * (https://github.com/Azure/AKS/issues/4002). Each operation holds only where the entry still stands there.
 */
export function bundlePatch(configuration: JsonObject, bundle: string): readonly JsonObject[] {
  const value = Buffer.from(bundle).toString('base64');
  return ownEntries(configuration)
    .filter(({ caBundle }) => caBundle !== bundle)
    .flatMap(({ name, index }) => [
      { op: 'test', path: `/webhooks/${index}/name`, value: name },
      { op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value },
    ]);
}

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString();
