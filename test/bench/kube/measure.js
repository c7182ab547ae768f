// What every measured process does: idle heap, the work under two monitors of the event loop, heap again.
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';

/** Needs --expose-gc. `work` answers what has to stay alive while the heap is measured. */
export async function measure(work) {
  await sleep(100);
  const heapBefore = heap();
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  monitor.enable();
  await sleep(20);
  monitor.reset();
  const turns = watchTurns();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const kept = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  // The turn that the work ended in is only recorded in the one after it.
  await sleep(20);
  monitor.disable();
  return {
    kept,
    seconds,
    // On a shared machine steadier than the time that passed.
    cpuSeconds: (user + system) / 1e6,
    // As perf_hooks saw it: the time in which other processes had the CPU counts as ours.
    longestPauseMs: monitor.max / 1e6,
    // The most CPU that the main thread used between two turns of the event loop: its own pauses alone.
    longestPauseCpuMs: turns.end(),
    heapBytes: heap() - heapBefore,
    peakRssMB: process.resourceUsage().maxRSS / 1024,
  };
}

function watchTurns() {
  let longest = 0;
  const used = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let last = used();
  const timer = setInterval(() => {
    const now = used();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  return {
    end: () => {
      clearInterval(timer);
      return longest;
    },
  };
}

function heap() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
