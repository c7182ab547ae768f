import type { Rate } from '../midnight/token-bucket.js';
import type { Stage } from '../midnight/report.js';
import type { Provider } from '../providers/provider.js';
import { acceptanceOf } from '../providers/registry.js';
import { controllerManagerDefaults, schedulerDefaults, type ControlPlane } from './control-plane.js';

/**
 * Requests that a controller sends for one run, all by one client with one token bucket: it creates the Job (or the
 * Pod) and writes the status; the event is a third, which a long queue of others may hold up or lose
 * (pkg/controller/cronjob, pkg/controller/job; client-go tools/record).
 */
const writesOfARun = { least: 2, most: 3 } as const;

/** One bind; the event goes by a client of its own. */
const bindOfAPod = 1;

/** What each run passes on its way to a node, by the limits that are to be seen, and else by Kubernetes' defaults. */
export function stagesOf(
  seen: Partial<ControlPlane>,
  providers: readonly { readonly provider: Provider; readonly nodes: number }[],
): readonly Stage[] {
  const controllerManager = rateOf(seen.controllerManager ?? controllerManagerDefaults);
  const scheduler = rateOf(seen.scheduler ?? schedulerDefaults);
  return [
    { name: 'CronJob controller', ...controllerManager, costOf: () => writesOfARun },
    {
      name: 'Job controller',
      ...controllerManager,
      costOf: ({ pods }) => ({ least: pods + 1, most: pods * 2 + 1 }),
    },
    {
      name: 'kube-scheduler',
      ...scheduler,
      costOf: ({ pods }) => ({ least: pods * bindOfAPod, most: pods * bindOfAPod }),
    },
    ...providers.map((one) => providerStage(one)),
  ];
}

function providerStage({ provider, nodes }: { readonly provider: Provider; readonly nodes: number }): Stage {
  const { perSecond, burst, of } = acceptanceOf(provider);
  const times = of === 'node' ? Math.max(1, nodes) : 1;
  return {
    name: provider.name,
    perSecond: perSecond * times,
    burst: burst * times,
    costOf: ({ pods, provider: to }) => {
      const count = to === provider.name ? pods : 0;
      return { least: count, most: count };
    },
  };
}

const rateOf = ({ perSecond, burst }: Rate): Rate => ({
  perSecond,
  burst,
});
