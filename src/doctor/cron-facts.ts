import type { KubeObject } from '../kube/object.js';
import type { CronFacts } from '../midnight/bins.js';
import { at, textAt } from './look.js';
import { verdictOf } from './probe.js';
import type { Serving } from './serving.js';

/** What of a CronJob the midnight report looks at. */
export function cronFactsOf(object: KubeObject, serving: Serving): CronFacts {
  const { namespace = '', name = '', creationTimestamp = '' } = object.metadata;
  const since = Date.parse(textAt(object, 'status', 'lastScheduleTime') || creationTimestamp);
  const timeZone = textAt(object, 'spec', 'timeZone');
  return {
    namespace,
    name,
    schedule: textAt(object, 'spec', 'schedule'),
    timeZone: timeZone === '' ? undefined : timeZone,
    suspend: at(object, 'spec', 'suspend') === true || object.metadata.deletionTimestamp !== undefined,
    since: Number.isNaN(since) ? 0 : since,
    deadlineSeconds: numberAt(object, 'spec', 'startingDeadlineSeconds'),
    pods: podsOf(object),
    provider: providerOf(object, serving),
  };
}

/** As the Job controller makes them: as many at once as `parallelism`, and no more than `completions`. */
function podsOf(object: KubeObject): number {
  const job = ['spec', 'jobTemplate', 'spec'];
  const parallelism = numberAt(object, ...job, 'parallelism') ?? 1;
  return Math.min(parallelism, numberAt(object, ...job, 'completions') ?? parallelism);
}

/** Where a policy has its pods run; undefined: no policy places it, or ordinary nodes come first. */
function providerOf(object: KubeObject, { snapshot, optedIn }: Serving): string | undefined {
  const { namespace = '' } = object.metadata;
  if (!optedIn.includes(namespace)) return undefined;
  const verdict = verdictOf('CronJob', namespace, object, { snapshot });
  return 'passage' in verdict && verdict.kind !== 'observed'
    ? firstOf(snapshot.index.byName.get(verdict.policy ?? ''), verdict.passage.refusals)
    : undefined;
}

/** The first of a policy's providers that can run it. */
function firstOf(
  matcher: Matcher | undefined,
  refusals: readonly { readonly provider: string }[],
): string | undefined {
  if (matcher === undefined || matcher.policy.spec.placement.type === 'PreferReal') return undefined;
  const refused = new Set(refusals.map(({ provider }) => provider));
  return matcher.compiled.chosen.map(({ provider }) => provider.name).find((name) => !refused.has(name));
}

type Matcher = Serving['snapshot']['index']['ordered'][number];

function numberAt(object: KubeObject, ...path: readonly string[]): number | undefined {
  const value = at(object, ...path);
  return typeof value === 'number' ? value : undefined;
}
