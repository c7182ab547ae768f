/** Watches all pods and notes, by its own clock, when each was made and when it was on a node. */
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../remote.ts';
import { httpOf, versionIn, type Access, type Http } from './api.ts';
import { podsPath } from './objects.ts';

export type ObserverCommands = {
  readonly open: { readonly ask: Access; readonly answer: undefined };
  /** Pods with this prefix from now on; what was noted before is forgotten. */
  readonly begin: { readonly ask: string; readonly answer: undefined };
  /** Waits until so many are on nodes. */
  readonly whenBound: {
    readonly ask: { readonly count: number; readonly timeoutMs: number };
    readonly answer: Seen;
  };
};

/** Milliseconds by the observer's clock. */
export interface Seen {
  readonly created: number;
  readonly bound: number;
  /** From one pod's creation to its Binding. */
  readonly latencies: readonly number[];
  /** From the first creation to the last. */
  readonly creationMs: number;
  /** From the first creation to the last Binding. */
  readonly allBoundMs: number;
}

let prefix = '';
const createdAt = new Map<string, number>();
const boundAt = new Map<string, number>();

/** Parsing whole pods would slow down what is watched: a watch's line begins with the type, the first name is the pod's. */
function note(line: string): void {
  const isNew = line.startsWith('{"type":"ADDED"');
  if (!isNew && !line.startsWith('{"type":"MODIFIED"')) return;
  const name = /"name":"([^"]+)"/.exec(line.slice(0, 400))?.[1] ?? '';
  if (!name.startsWith(prefix)) return;
  const now = performance.now();
  const isOn = line.includes('"nodeName":"');
  if (!createdAt.has(name)) createdAt.set(name, now);
  if (isOn && !boundAt.has(name)) boundAt.set(name, now);
}

async function follow({ events }: Http, since: string): Promise<void> {
  for await (const line of events(`${podsPath}?`, since)) note(line);
}

function seen(): Seen {
  const created = [...createdAt.values()];
  const bound = [...boundAt.values()];
  const first = Math.min(...created);
  return {
    created: created.length,
    bound: bound.length,
    latencies: [...boundAt].map(([name, at]) => at - (createdAt.get(name) ?? Number.NaN)),
    creationMs: Math.max(...created) - first,
    allBoundMs: Math.max(...bound) - first,
  };
}

serve<ObserverCommands>({
  async open(access) {
    const http = httpOf(access, 2);
    const { send } = http;
    void follow(http, versionIn(await send('GET', `${podsPath}?limit=1`)));
    return undefined;
  },
  begin(wanted) {
    prefix = wanted;
    createdAt.clear();
    boundAt.clear();
    return Promise.resolve(undefined);
  },
  async whenBound({ count, timeoutMs }) {
    for (let waited = 0; waited < timeoutMs && boundAt.size < count; waited += 20) await sleep(20);
    return seen();
  },
});
