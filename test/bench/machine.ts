import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Where it was measured, in one line. `load`: what else ran when it began. */
export function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown CPU';
  const gigabytes = Math.round(totalmem() / 1e9);
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const system = `${platform()} ${release().split('.').slice(0, 2).join('.')} ${arch()}`;
  return `${cpus().length} × ${model.trim()}, ${gigabytes} GB, ${system}, Node ${process.version}; load before the run ${load}`;
}
