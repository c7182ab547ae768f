import type { LogDestination, Policy } from '../../policy/policy.js';
import type { LogManifest, LogResource, LogWish, LogWriter, Provider } from '../../providers/provider.js';
import type { Wish } from '../intent.js';
import type { Aspect } from './aspect.js';

/** Log variables: each provider takes the first destination that it can write to. */
export const logs: Aspect = {
  name: 'logs',
  wishes: (policy, chosen) => chosen.flatMap(({ provider }) => logWishes(policy, provider)),
};

function logWishes(policy: Policy, provider: Provider): Wish[] {
  const { logs: wanted } = policy.spec;
  if (wanted === undefined) return [];
  const found = firstWriter(policy, provider);
  if (found === undefined) {
    return [{ slot: 'notOffered', item: `logs of ${provider.name}`, because: 'log-destination-not-offered' }];
  }
  const unread = wanted.sources.filter((source) => !reads(found.writer, source));
  return [
    ...found.env.map((value): Wish => ({ slot: 'env', value, override: false })),
    ...unread.map((source): Wish => ({
      slot: 'notOffered',
      item: `log source ${source} of ${provider.name}`,
      because: 'log-source-not-offered',
    })),
  ];
}

interface Found {
  readonly writer: Pick<LogWriter<never>, 'reads'>;
  readonly env: ReturnType<LogWriter<never>['env']>;
  readonly resource: NeededLogResource | undefined;
}

/** A log CR that a policy needs beside the variables. */
export interface NeededLogResource extends Pick<LogResource<never>, 'type' | 'answer'> {
  readonly manifest: LogManifest;
}

/** The writer of the first destination that `provider` can write to, with what it asks for. */
export function firstWriter(policy: Policy, provider: Provider): Found | undefined {
  for (const destination of policy.spec.logs?.destinations ?? []) {
    const found = writerFor(policy, provider, destination);
    if (found !== undefined) return found;
  }
  return undefined;
}

function writerFor(policy: Policy, { logs: writers = {} }: Provider, to: LogDestination): Found | undefined {
  if (to.kafka && writers.kafka) return ask(policy, writers.kafka, to.kafka);
  if (to.sls && writers.sls) return ask(policy, writers.sls, to.sls);
  if (to.cls && writers.cls) return ask(policy, writers.cls, to.cls);
  return undefined;
}

function ask<D>(policy: Policy, writer: LogWriter<D>, destination: D): Found | undefined {
  const sources = (policy.spec.logs?.sources ?? []).filter((source) => reads(writer, source));
  if (sources.length === 0) return undefined;
  const wish: LogWish<D> = { policy: policy.metadata.name, sources, destination };
  const { resource } = writer;
  const needed = resource && { type: resource.type, answer: resource.answer, manifest: resource.make(wish) };
  return { writer, env: writer.env(wish), resource: needed };
}

const reads = ({ reads: kinds }: Pick<LogWriter<never>, 'reads'>, source: string): boolean =>
  kinds.includes(source === 'stdout' ? 'stdout' : 'files');
