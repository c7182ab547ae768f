import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cli } from '../built.ts';
import { startChild, type Child } from '../children.ts';
import type { Plane } from './planes.ts';

/** Who binds. */
export const contestants = ['bare', 'tidegate', 'raised', 'stock'] as const;
export type Contestant = (typeof contestants)[number];

export const titles: Readonly<Record<Contestant, string>> = {
  bare: 'bare binder',
  tidegate: 'tidegate scheduler',
  raised: 'kube-scheduler, QPS 5000/10000',
  stock: 'kube-scheduler, QPS 50/100',
};

export const schedulerNames: Readonly<Record<Contestant, string>> = {
  bare: 'bare',
  tidegate: 'tidegate-scheduler',
  raised: 'default-scheduler',
  stock: 'default-scheduler',
};

export const contestantsOf = ({ kubeScheduler }: Plane): readonly Contestant[] =>
  kubeScheduler === undefined ? ['bare', 'tidegate'] : contestants;

/** Started, and not yet known to be ready. */
export async function startContestant(plane: Plane, who: Contestant, log: string): Promise<Child> {
  switch (who) {
    case 'bare':
      return node(plane, who, log, [here('binder.ts'), join(plane.folder, 'access.json')]);
    case 'tidegate':
      return startTidegate(plane, log);
    case 'raised':
      return kubeScheduler(plane, who, log, { qps: 5000, burst: 10_000 });
    case 'stock':
      return kubeScheduler(plane, who, log, { qps: 50, burst: 100 });
  }
}

const here = (path: string): string => new URL(path, import.meta.url).pathname;

const node = ({ folder }: Plane, who: Contestant, log: string, args: readonly string[]): Child =>
  startChild({ name: titles[who], args, log: join(folder, log) });

async function startTidegate(plane: Plane, log: string): Promise<Child> {
  // Its predecessor was killed, and would be waited for.
  const lease = '/apis/coordination.k8s.io/v1/namespaces/default/leases/tidegate-scheduler';
  await plane.http.send('DELETE', lease, undefined, [200, 404]);
  const profile = process.env['BENCH_CPU_PROFILE'];
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const flags = ['--kubeconfig', plane.kubeconfig, '--host', '127.0.0.1', '--ops-port', '0'];
  return node(plane, 'tidegate', log, [...profiling, cli, 'scheduler', ...flags]);
}

function kubeScheduler(
  { kubeScheduler: command = '', folder, kubeconfig }: Plane,
  who: Contestant,
  log: string,
  limits: { readonly qps: number; readonly burst: number },
): Child {
  const config = join(folder, `${who}.json`);
  writeFileSync(
    config,
    JSON.stringify({
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      clientConnection: { kubeconfig, ...limits },
      leaderElection: { leaderElect: false },
    }),
  );
  const args = [`--config=${config}`, '--secure-port=0'];
  return startChild({ name: titles[who], command, args, log: join(folder, log) });
}
