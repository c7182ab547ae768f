import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Figures {
  readonly seconds: number;
  /** Of all threads. On a machine that others use too it is steadier than the time that passed. */
  readonly cpuSeconds: number;
  /** The longest that the event loop stood still, as perf_hooks sees it: while others have the CPU it stands still too. */
  readonly longestPauseMs: number;
  /** The most CPU that the main thread used between two turns of the event loop: what it stood still for by itself. */
  readonly longestOwnPauseMs: number;
  /** What it keeps, after a collection. */
  readonly heapBytes: number;
  readonly peakRssMB: number;
}

/** Needs `--expose-gc`. What `work` answers stays alive while the heap is measured. */
export async function measure<T>(
  work: () => Promise<T>,
): Promise<{ readonly kept: T; readonly figures: Figures }> {
  await sleep(100);
  const heapBefore = usedHeap();
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  monitor.enable();
  await sleep(20);
  monitor.reset();
  const ownPauses = watchOwnPauses();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const kept = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  // The turn that the work ended in is noticed in the one after it.
  await sleep(20);
  monitor.disable();
  const figures = {
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    longestPauseMs: monitor.max / 1e6,
    longestOwnPauseMs: ownPauses(),
    heapBytes: usedHeap() - heapBefore,
    peakRssMB: process.resourceUsage().maxRSS / 1024,
  };
  return { kept, figures };
}

function watchOwnPauses(): () => number {
  const used = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let longest = 0;
  let last = used();
  const timer = setInterval(() => {
    const now = used();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return longest;
  };
}

function usedHeap(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('expected node --expose-gc');
  for (let i = 0; i < 4; i += 1) {
    gc();
  }
  return process.memoryUsage().heapUsed;
}
