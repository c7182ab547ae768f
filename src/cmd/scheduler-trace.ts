import { AppError } from '../errors.js';
import { pages } from '../kube/pages.js';
import type { Client } from '../kube/client.js';
import type { KubeObject } from '../kube/object.js';
import { resources, type Resource } from '../kube/resource.js';
import { traceOf, type TraceInput, type TraceStep } from '../scheduler/trace.js';
import { createPaint } from '../text/paint.js';
import { table, type Cell } from '../text/table.js';
import type { Io } from './command.js';
import { integer, oneOf, parseFlags, required } from './flags.js';
import { readObjectRef } from './object-ref.js';
import { connectAsUser } from './user-cluster.js';

/** Tells what happened to a pod, to the pods of a Job, or of a CronJob's latest runs, stage by stage. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseFlags(args, {
    namespace: { type: 'string', short: 'n' },
    output: { type: 'string', short: 'o', default: 'table' },
    runs: { type: 'string', default: '1' },
    kubeconfig: { type: 'string' },
  });
  const [text, ...more] = positionals;
  if (text === undefined || more.length > 0) {
    throw new AppError('usage', 'expected one of pod/NAME, job/NAME or cronjob/NAME');
  }
  const ref = readObjectRef(text);
  const output = oneOf('output', values.output, ['table', 'json']);
  const runs = integer('runs', values.runs, 1, 100);
  const namespace = required('namespace', values.namespace);
  const cluster = await connectAsUser(values.kubeconfig);
  try {
    const inputs = await gather(cluster.client, namespace, ref.resource, ref.name, runs);
    const traces = inputs.map((input) => ({ title: titleOf(input), steps: traceOf(input) }));
    if (output === 'json') io.stdout(`${JSON.stringify(traces, null, 2)}\n`);
    else io.stdout(traces.map(({ title, steps }) => `${title}\n${toText(steps, io)}`).join('\n'));
    return 0;
  } finally {
    await cluster.close();
  }
}

async function gather(
  client: Client,
  namespace: string,
  resource: Resource,
  name: string,
  runs: number,
): Promise<readonly TraceInput[]> {
  const object = await client.get(resource, { namespace, name });
  const all = async (of: Resource) => {
    const found: KubeObject[] = [];
    for await (const one of pages(client, of, { namespace })) found.push(one);
    return found;
  };
  const events = await all(resources.events);
  if (resource === resources.pods)
    return [{ job: undefined, pods: [object], events: about(events, [object]) }];
  const pods = await all(resources.pods);
  const jobs =
    resource === resources.jobs ? [object] : newest(ownedBy(await all(resources.jobs), object), runs);
  if (jobs.length === 0)
    throw new AppError('object-not-found', `cronjob ${namespace}/${name} has no Jobs now`);
  return jobs.map((job) => {
    const own = ownedBy(pods, job);
    return { job, pods: own, events: about(events, [job, ...own]) };
  });
}

const ownedBy = (objects: readonly KubeObject[], { metadata: { uid } }: KubeObject): readonly KubeObject[] =>
  objects.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true);

const newest = (objects: readonly KubeObject[], count: number): readonly KubeObject[] =>
  [...objects]
    .sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''))
    .slice(-count);

/** A pod that was taken away has left its events. */
function about(events: readonly KubeObject[], objects: readonly KubeObject[]): readonly KubeObject[] {
  const uids = new Set(objects.map(({ metadata }) => metadata.uid));
  const job = objects.find(({ metadata }) => metadata.ownerReferences?.[0]?.kind !== 'Job')?.metadata.name;
  return events.filter(({ involvedObject }) => {
    const { uid, name = '' } = (involvedObject ?? {}) as { readonly uid?: string; readonly name?: string };
    return uids.has(uid) || (job !== undefined && name.startsWith(`${job}-`));
  });
}

function titleOf({ job, pods }: TraceInput): string {
  const { namespace = '', name = '' } = (job ?? pods[0])?.metadata ?? {};
  return `${job === undefined ? 'pod' : 'job'} ${namespace}/${name}`;
}

function toText(steps: readonly TraceStep[], { terminal }: Io): string {
  const { colours = false, columns = 160 } = terminal ?? {};
  const first = steps[0]?.at ?? 0;
  const heads = ['TIME', 'AFTER', 'WHAT', 'OF', 'DETAIL'].map((text): Cell => ({ text }));
  const rows = steps.map(({ at, grain, what, of, detail }): readonly Cell[] => [
    { text: new Date(at).toISOString().slice(11, grain === 'ms' ? 23 : 19) },
    { text: `+${((at - first) / 1000).toFixed(grain === 'ms' ? 3 : 0)} s`, right: true },
    { text: what },
    { text: of },
    { text: detail },
  ]);
  return `${table([heads, ...rows], { paint: createPaint(colours), columns }).join('\n')}\n`;
}
