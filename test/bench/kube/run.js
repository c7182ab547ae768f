// Benchmarks of src/kube. Each function answers plain figures; run by itself the file prints them as JSON.
//   node test/bench/kube/run.js [pods]        after `make build`
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { URL, fileURLToPath } from 'node:url';
import { createCache } from '../../../dist/kube/cache.js';
import { isSamePod, createPodProjection, podIndexes } from '../../../dist/kube/pod-projection.js';
import { createWorkqueue } from '../../../dist/kube/workqueue.js';
import { systemClock, systemRandom } from '../../../dist/telemetry/clock.js';
import { podText } from './pods.js';

/**
 * Lists `pods` pods of 4 KB with our list/watch and with client-node's informer, from the same server, one after
 * the other, each in a process of its own.
 */
export async function benchList(pods = 100_000) {
  return withServer(pods, 0, async (server) => ({
    pods,
    ours: perItem(await inProcess('ours.js', [server, pods, 0])),
    clientNode: perItem(await inProcess('client-node.js', [server, pods, 0])),
  }));
}

/** MODIFIED events of 4 KB from a watch into the cache, parsed and trimmed: events a second from end to end. */
export async function benchWatch(events = 100_000, pods = 1000) {
  return withServer(pods, events, async (server) => {
    const rate = ({ seconds, cpuSeconds, ...pauses }) => ({
      eventsPerSecond: events / seconds,
      eventsPerCpuSecond: events / cpuSeconds,
      longestPauseMs: pauses.longestPauseMs,
      longestPauseCpuMs: pauses.longestPauseCpuMs,
    });
    return {
      events,
      ours: rate(await inProcess('ours.js', [server, pods, events])),
      clientNode: rate(await inProcess('client-node.js', [server, pods, events])),
    };
  });
}

/** Changes a second through a cache of `pods` pods with two indexes and a listener, objects parsed beforehand. */
export function benchCache(pods = 100_000) {
  const project = createPodProjection();
  const cache = createCache({ indexes: podIndexes, isSame: isSamePod });
  let told = 0;
  cache.subscribe(() => (told += 1));
  const items = Array.from({ length: pods }, (_, i) => project(JSON.parse(podText(i, 1))));
  const moved = items.map((item, i) => ({ ...item, nodeName: `node-${(i + 1) % 500}` }));
  const rate = (round) => {
    const startedAt = performance.now();
    for (const item of round) cache.put(item);
    return pods / ((performance.now() - startedAt) / 1000);
  };
  const addedPerSecond = rate(items);
  const unchangedPerSecond = rate(items.map((item) => ({ ...item })));
  const movedPerSecond = rate(moved);
  return { pods, addedPerSecond, unchangedPerSecond, movedPerSecond, told };
}

/** Keys a second through add, get and done, and adds a second of keys that wait already. */
export async function benchWorkqueue(keys = 1_000_000) {
  const queue = createWorkqueue({ clock: systemClock, random: systemRandom });
  const names = Array.from({ length: keys }, (_, i) => `team-${i % 50}/pod-${i}`);
  const startedAt = performance.now();
  for (const name of names) queue.add(name);
  const addedAt = performance.now();
  for (const name of names) queue.add(name);
  const againAt = performance.now();
  for (let i = 0; i < keys; i += 1) queue.done(await queue.get());
  const doneAt = performance.now();
  const rate = (from, to) => keys / ((to - from) / 1000);
  return {
    keys,
    addsPerSecond: rate(startedAt, addedAt),
    duplicateAddsPerSecond: rate(addedAt, againAt),
    takenAndDonePerSecond: rate(againAt, doneAt),
  };
}

function perItem({ heapBytes, items, ...figures }) {
  return { ...figures, items, heapBytesPerPod: heapBytes / items };
}

async function withServer(pods, events, use) {
  const server = fork(path('server.js'), [String(pods), String(events)]);
  try {
    const [port] = await once(server, 'message');
    return await use(`http://127.0.0.1:${port}`);
  } finally {
    server.kill();
  }
}

async function inProcess(file, args) {
  const execArgv = ['--expose-gc', '--max-old-space-size=12000'];
  const child = fork(path(file), args.map(String), { execArgv });
  const [[answer]] = await Promise.race([
    Promise.all([once(child, 'message'), once(child, 'exit')]),
    once(child, 'exit').then(([code]) => {
      if (code !== 0) throw new Error(`${file} ended with ${code}`);
      return new Promise(() => undefined);
    }),
  ]);
  return answer;
}

const path = (file) => fileURLToPath(new URL(file, import.meta.url));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pods = Number(process.argv[2] ?? 100_000);
  const figures = {
    workqueue: await benchWorkqueue(),
    cache: benchCache(pods),
    watch: await benchWatch(),
    list: await benchList(pods),
  };
  process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
}
