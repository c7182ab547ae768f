import { ok, skipped, type Check, type Finding } from '../check.js';
import { readControlPlane, type ControlPlane, type SeenLimits } from '../control-plane.js';
import { rangeText } from '../duration.js';
import { stagesOf } from '../stages.js';
import { createWaiting } from '../../midnight/token-bucket.js';

/** What the limits of the control plane mean for many CronJobs at one time, where they are to be seen. */
export const controlPlaneLimits: Check = {
  id: 'control-plane-limits',
  needs: ['api-server'],
  async run({ read }) {
    return judgeControlPlane(await readControlPlane(read));
  },
};

/** So many CronJobs of one pod each make the figures comparable with those of docs/scenarios.md. */
const crowd = 5000;

export function judgeControlPlane(seen: ControlPlane): readonly Finding[] {
  return [
    tell('kube-controller-manager', seen.controllerManager, seen, ['CronJob controller', 'Job controller']),
    tell('kube-scheduler', seen.scheduler, seen, ['kube-scheduler']),
  ];
}

function tell(
  component: string,
  limits: SeenLimits | undefined,
  seen: ControlPlane,
  names: readonly string[],
): Finding {
  if (limits === undefined) {
    const reason = `${component} is not to be seen in kube-system: a managed control plane, whose limits its provider sets`;
    return skipped(reason, 'ask the provider for its kube-api-qps and kube-api-burst');
  }
  const means = stagesOf(seen, [])
    .filter(({ name }) => names.includes(name))
    .map((stage) => {
      const cost = stage.costOf(oneOfTheCrowd);
      const wait = (each: number) => createWaiting(stage)(0, each * crowd);
      return `${stage.name} ${rangeText({ least: wait(cost.least), most: wait(cost.most) })}`;
    });
  const unless = limits.byFile ? ', unless its configuration file says otherwise' : '';
  const rate = `${limits.perSecond} requests a second, burst ${limits.burst}${unless}`;
  return ok(`${component}: ${rate}; ${crowd} CronJobs at once take it ${means.join(', ')}`);
}

const oneOfTheCrowd = {
  namespace: '',
  name: '',
  schedule: '@midnight',
  timeZone: undefined,
  suspend: false,
  since: 0,
  deadlineSeconds: undefined,
  pods: 1,
  provider: undefined,
};
