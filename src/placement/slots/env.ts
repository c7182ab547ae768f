import { AppError } from '../../errors.js';
import { deepEqual, type JsonObject } from '../../objects/json.js';
import type { EnvVar } from '../../objects/pod.js';
import { listAt, objectsAt, stringAt } from '../../objects/read.js';
import type { Intent, Wished } from '../intent.js';
import type { Outcome, Result } from '../outcome.js';
import { below, type PatchBuilder, type Place } from '../patch.js';
import { agentVariables, keptAgents } from './agent-env.js';

/** Variables in every container and init container (sidecars too). The user's value wins unless overridden. */
export function mergeEnv(spec: JsonObject, place: Place, intent: Intent, patch: PatchBuilder): Outcome[] {
  const { env, agentEnv } = intent.slots;
  if (env.length === 0 && agentEnv.length === 0) return [];
  const agentNames = agentEnv.flatMap(({ names }) => names);
  return ['containers', 'initContainers'].flatMap((field) => {
    const names = new Set<string>();
    return objectsAt(spec, field, place.pointer).flatMap((container, i) => {
      const pointer = `${place.pointer}/${field}/${i}`;
      const name = stringAt(container, 'name', pointer) ?? String(i);
      if (names.has(name)) throw twice(`${pointer}/name`, name);
      names.add(name);
      return mergeContainer(container, name, below(below(place, field), i, name), { env, agentNames }, patch);
    });
  });
}

/** The record names containers by their names, which the API server wants to be unique. */
const twice = (path: string, name: string): AppError =>
  new AppError('object-invalid', `${path}: expected a name of its own, got ${JSON.stringify(name)} again`);

interface Wanted {
  readonly env: readonly Wished<'env'>[];
  readonly agentNames: readonly string[];
}

function mergeContainer(
  container: JsonObject,
  name: string,
  place: Place,
  wanted: Wanted,
  patch: PatchBuilder,
): Outcome[] {
  const indexes = indexByName(objectsAt(container, 'env', place.pointer), place);
  const entries = (container['env'] ?? []) as unknown as readonly EnvVar[];
  const agents = agentVariables(entries, wanted.agentNames);
  const envPlace = below(place, 'env');
  const hides = (listAt(container, 'envFrom', place.pointer) ?? []).length > 0;

  const results = new Map<string, Result>();
  const appended: EnvVar[] = [];
  const outcomes = wanted.env.map((wish): Outcome => {
    const { value } = wish;
    const index = indexes.get(value.name);
    const settled = settle(index === undefined ? undefined : entries[index], wish, indexes, agents, results);
    results.set(value.name, settled.result);
    if (settled.result === 'added') {
      if (index === undefined) appended.push(value);
      else patch.replace(below(envPlace, index), value, entries[index]);
    }
    const hidden = settled.result === 'added' && index === undefined && hides;
    return {
      aspect: wish.aspect,
      item: `env ${value.name}`,
      container: name,
      ...(hidden ? { why: 'hides the same name in envFrom, if it is there' } : {}),
      ...settled,
    };
  });
  const removed =
    agents.size === 0 ? noneRemoved : removeAgents(container, entries, agents, results, envPlace, patch);
  if (appended.length > 0) patch.ensure(envPlace, container['env'], 'list');
  appended.forEach((entry, i) => {
    patch.add(below(envPlace, entries.length - removed.count + i), entry);
  });
  return [...outcomes, ...removed.outcomes.map((outcome) => ({ ...outcome, container: name }))];
}

/** Of entries with the same name the last one counts, as in the kubelet. */
function indexByName(entries: readonly JsonObject[], place: Place): ReadonlyMap<string, number> {
  const indexes = new Map<string, number>();
  entries.forEach((entry, i) => {
    const name = stringAt(entry, 'name', `${place.pointer}/env/${i}`);
    if (name !== undefined) indexes.set(name, i);
  });
  return indexes;
}

/** What becomes of one wish, given what is `there` and what became of the wishes before it. */
function settle(
  there: EnvVar | undefined,
  wish: Wished<'env'>,
  indexes: ReadonlyMap<string, number>,
  agents: ReadonlySet<string>,
  results: ReadonlyMap<string, Result>,
): { readonly result: Result; readonly why?: string } {
  if (deepEqual(there, wish.value)) return { result: 'already-there' };
  if (wish.override) return { result: 'added' };
  if (wish.follows !== undefined) {
    const leader = results.get(wish.follows);
    if (leader === 'user-wins') return { result: 'user-wins', why: `it goes with ${wish.follows}` };
    if (leader === 'added') return { result: 'added' };
  }
  const nearer = wish.yieldsTo?.find((name) => indexes.has(name) && !agents.has(name));
  if (nearer !== undefined) return { result: 'user-wins', why: `${nearer} is set` };
  return { result: there === undefined || agents.has(wish.value.name) ? 'added' : 'user-wins' };
}

interface Removed {
  readonly count: number;
  readonly outcomes: readonly Outcome[];
}

const noneRemoved: Removed = { count: 0, outcomes: [] };

/** Takes away the agents' addresses that no wish has replaced, from the last to the first, so that indexes hold. */
function removeAgents(
  container: JsonObject,
  entries: readonly EnvVar[],
  agents: ReadonlySet<string>,
  results: ReadonlyMap<string, Result>,
  place: Place,
  patch: PatchBuilder,
): Removed {
  const isWish = (name: string) => results.get(name) === 'added' || results.get(name) === 'already-there';
  const kept = keptAgents(container, entries, agents, isWish);
  const outcomes: Outcome[] = [];
  let count = 0;
  for (let i = entries.length - 1; i >= 0; i -= 1) {
    const entry = entries[i];
    if (entry === undefined || !agents.has(entry.name) || isWish(entry.name)) continue;
    const user = kept.get(entry.name);
    const item = `env ${entry.name}`;
    if (user === undefined) {
      patch.remove(below(place, i), entry);
      count += 1;
      outcomes.push({ aspect: 'tracing', result: 'taken-away', item, why: 'virtual nodes run no agent' });
    } else {
      outcomes.push({ aspect: 'tracing', result: 'user-wins', item, why: `${user} refers to it` });
    }
  }
  return { count, outcomes };
}
