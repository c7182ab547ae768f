import { AppError, messageOf } from '../../errors.js';
import type { Client } from '../../kube/client.js';
import { keyOf, type KubeObject, type ObjectKey } from '../../kube/object.js';
import { pages } from '../../kube/pages.js';
import { resources } from '../../kube/resource.js';
import { optInLabel, optInValue, recordAnnotation } from '../../objects/well-known.js';
import { adopt } from './apply.js';
import { assessRevert } from './decide.js';
import { workloadHooks } from './hooks.js';
import { readNamespaces } from './namespaces.js';

export interface RevertDeps {
  readonly client: Pick<Client, 'get' | 'list' | 'patch'>;
  /** Undefined: all. */
  readonly namespaces: readonly string[] | undefined;
  /** Takes the opt-in label off the namespaces first. */
  readonly optOut: boolean;
  readonly dryRun: boolean;
  /** One line for each namespace that is changed, and for each failure. */
  readonly tell: (line: string) => void;
}

export interface Reverted {
  readonly reverted: number;
  readonly untouched: number;
  readonly failed: number;
}

/**
 * Takes back every placement of the CronJobs of some namespaces, several at once. One that fails does not stop the
 * others, and is done when it is called again.
 *
 * @throws {AppError} object-not-found, still-opted-in, before anything is written; KubeError.
 */
export async function revertCluster(deps: RevertDeps): Promise<Reverted> {
  await leaveNamespaces(deps);
  const placed: ObjectKey[] = [];
  let untouched = 0;
  for await (const cronJob of cronJobsOf(deps)) {
    if (cronJob.metadata.annotations?.[recordAnnotation] === undefined) untouched += 1;
    else placed.push(keyOf(cronJob));
  }
  const failed = await revertAll(placed, deps);
  return { reverted: placed.length - failed, untouched, failed };
}

/** Where the webhook answers still, whatever is taken back comes again in the same write. */
async function leaveNamespaces(deps: RevertDeps): Promise<void> {
  const optedIn = await optedInAmong(deps);
  if (optedIn.length === 0) return;
  if (deps.optOut) await optOut(optedIn, deps);
  else if (!deps.dryRun && (await workloadHooks(deps.client)).length > 0) throw stillOptedIn(optedIn);
}

async function* cronJobsOf({ client, namespaces }: RevertDeps): AsyncGenerator<KubeObject> {
  const wheres = namespaces?.map((namespace) => ({ namespace })) ?? [{}];
  for (const where of wheres) yield* pages(client, resources.cronJobs, { ...where, metadataOnly: true });
}

async function optedInAmong({ client, namespaces }: RevertDeps): Promise<readonly string[]> {
  const labels = await readNamespaces(client, namespaces);
  const names = [...labels].flatMap(([name, own]) => (own[optInLabel] === optInValue ? [name] : []));
  return namespaces === undefined ? names : names.filter((name) => namespaces.includes(name));
}

async function optOut(names: readonly string[], { client, dryRun, tell }: RevertDeps): Promise<void> {
  for (const name of names) {
    const body = { metadata: { labels: { [optInLabel]: null } } };
    if (!dryRun) await client.patch(resources.namespaces, { name }, { type: 'merge', body });
    tell(`namespace ${name} ${dryRun ? 'would be opted out' : 'opted out'}`);
  }
}

const stillOptedIn = (names: readonly string[]): AppError =>
  new AppError(
    'still-opted-in',
    `expected namespaces that are not opted in, got ${names.join(', ')}: the webhook would put everything in again; ` +
      `use --opt-out, or delete the MutatingWebhookConfiguration first`,
  );

async function revertAll(keys: readonly ObjectKey[], deps: RevertDeps): Promise<number> {
  const { signal } = new AbortController();
  const waiting = [...keys];
  let failed = 0;
  async function work(): Promise<void> {
    for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
      const fault = await revertOne(key, deps, signal);
      if (fault === undefined) continue;
      failed += 1;
      deps.tell(`cronjob ${key}: ${fault}`);
    }
  }
  await Promise.all(Array.from({ length: workers }, work));
  return failed;
}

const workers = 16;

/** What went wrong, if anything. A conflict is tried again: somebody else wrote in between. */
async function revertOne(key: ObjectKey, deps: RevertDeps, signal: AbortSignal): Promise<string | undefined> {
  if (deps.dryRun) return undefined;
  for (let tries = 1; ; tries += 1) {
    try {
      const result = await adopt(key, { client: deps.client, assess: assessRevert }, signal);
      return result === 'contested' ? 'was placed again in the same write' : undefined;
    } catch (error) {
      if (tries === maxTries) return messageOf(error);
    }
  }
}

const maxTries = 5;
