import { createListWatch, type ListWatch, type ListWatchDeps } from '../../src/kube/list-watch.js';
import { KubeError } from '../../src/kube/errors.js';
import { objectKey, type KubeObject, type ObjectKey } from '../../src/kube/object.js';
import { resources } from '../../src/kube/resource.js';
import type { Sink } from '../../src/kube/sink.js';
import type { FakeCall } from './fake-api.js';
import { until, type FakeClock } from './fake-clock.js';
import { noRandom, type TestClient } from './kube.js';

export interface Seen {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
}

export const seen = ({ metadata }: KubeObject): Seen => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name ?? '',
  version: metadata.resourceVersion ?? '',
});

/** A sink that keeps a diary: `put default/a@7`, `remove default/a`. */
export interface Diary extends Sink<Seen> {
  readonly lines: string[];
  readonly contents: readonly string[];
}

export function diary(): Diary {
  const lines: string[] = [];
  const items = new Map<ObjectKey, Seen>();
  return {
    lines,
    get contents() {
      return [...items.values()].map(({ name, version }) => `${name}@${version}`).sort();
    },
    put(item) {
      const key = objectKey(item.namespace, item.name);
      items.set(key, item);
      lines.push(`put ${key}@${item.version}`);
    },
    remove(key) {
      if (items.delete(key)) lines.push(`remove ${key}`);
    },
    keys: () => items.keys(),
  };
}

export interface Run {
  readonly sink: Diary;
  readonly clock: FakeClock;
  readonly listWatch: ListWatch;
  /** `list gone`, `watch timeout`, `handler broken`: what was survived. */
  readonly faults: string[];
  /** Aborts, and waits for the end. */
  stop(): Promise<void>;
}

/** A list/watch of all pods that runs until it is stopped. */
export function startListWatch(test: TestClient, deps: Partial<ListWatchDeps<Seen>> = {}): Run {
  const { client, clock } = test;
  const sink = diary();
  const faults: string[] = [];
  const stop = new AbortController();
  const listWatch = createListWatch<Seen>({
    client,
    clock,
    random: noRandom,
    resource: resources.pods,
    project: seen,
    sink,
    // Another number than the client's deadline of 30 s, so that `passWait` cannot take one for the other.
    backoff: { baseMs: 500, maxMs: 20_000 },
    onFault: (error, during) => {
      faults.push(`${during} ${error instanceof KubeError ? error.kind : String(error)}`);
    },
    ...deps,
  });
  const running = listWatch.run(stop.signal);
  return {
    sink,
    clock,
    listWatch,
    faults,
    stop: () => {
      stop.abort();
      return running;
    },
  };
}

/** Waits until the diary's last lines are these. */
export async function untilLines(run: Run, ...lines: string[]): Promise<void> {
  const wanted = lines.join('\n');
  await until(
    `${wanted}\nafter\n${run.sink.lines.join('\n')}`,
    () => run.sink.lines.slice(-lines.length).join('\n') === wanted,
  );
}

/** Waits until the list/watch waits for so long, and lets that time pass. */
export async function passWait(run: Run, ms: number): Promise<void> {
  await until(`a wait of ${ms} ms`, () => run.clock.nextIn === ms);
  await run.clock.advance(ms);
}

/** `list`, `list (token)`, `watch from 7`: the order of requests. */
export function route(calls: readonly FakeCall[]): string[] {
  return calls.map(({ isWatch, query }) => {
    const token = query.get('continue');
    if (isWatch) return `watch from ${query.get('resourceVersion') ?? 'nowhere'}`;
    return token === null ? 'list' : `list (${token})`;
  });
}
