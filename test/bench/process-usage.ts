import { readFileSync } from 'node:fs';

/**
 * Seconds of CPU that a process has used, all its threads, to a hundredth. Linux only: elsewhere undefined.
 * Steadier than the clock on the wall where others use the machine too.
 */
export function cpuSeconds(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // After the name, which may hold spaces: state is the third field of proc(5), utime the fourteenth, stime the next.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** USER_HZ: 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;

/** What a process holds in memory now and held at most, in MB (10^6 bytes). Linux only: elsewhere undefined. */
export function memory(pid: number): { readonly now: number; readonly peak: number } | undefined {
  const status = read(`/proc/${pid}/status`);
  const kib = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status ?? '')?.[1]);
  return status === undefined
    ? undefined
    : { now: (kib('VmRSS') * 1024) / 1e6, peak: (kib('VmHWM') * 1024) / 1e6 };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
