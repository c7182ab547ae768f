import { fileURLToPath } from 'node:url';
import { KubeError } from '../kube/errors.js';
import { stockCreator } from '../kube/stock-client.js';
import { objectKey, type KubeObject } from '../kube/object.js';
import { resources } from '../kube/resource.js';
import { readManifests } from '../manifests/read.js';
import type { JsonObject } from '../objects/json.js';
import { readFileTexts } from '../sources/file-texts.js';
import { loadPolicyFiles } from '../sources/policy-files.js';
import { systemClock } from '../telemetry/clock.js';
import type { Io } from './command.js';
import { startDemoCluster, type DemoCluster } from './demo-cluster.js';
import { renderDeploys, type Deploy } from './demo-report.js';
import { serveDemo } from './demo-serve.js';
import type { LogLine } from './demo-webhook.js';
import { runDemoScenario, scenarioNames } from './demo-scenario.js';
import { noPositionals, oneOf, parseFlags } from './flags.js';

export const usage = `Usage: tidegate demo [--serve [--kubeconfig-out FILE]]
       tidegate demo --scenario NAME|FILE [--without-tidegate] [-o text|json]

Starts a cluster in a box on this machine, and the real webhook beside it. Without a flag a stock client creates the
examples there; what came out of each is shown, and how long the webhook took. Ends by itself.

  --serve                keep the cluster until Ctrl-C, for kubectl and whatever else speaks to an API server
  --kubeconfig-out FILE  where to write its kubeconfig (default: a temporary file, named on the screen)
  --scenario NAME|FILE   play a scenario on a model of a cluster, in simulated time, instead: ${scenarioNames.join(', ')},
                         or a file like those in examples/scenarios
  --without-tidegate     the same scenario in a cluster without it
  -o text|json           how the report is printed (default text)`;

export async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseFlags(args, {
    serve: { type: 'boolean', default: false },
    'kubeconfig-out': { type: 'string' },
    scenario: { type: 'string' },
    'without-tidegate': { type: 'boolean', default: false },
    output: { type: 'string', short: 'o', default: 'text' },
  });
  noPositionals(positionals);
  if (values.scenario !== undefined) {
    const output = oneOf('output', values.output, ['text', 'json']);
    const { scenario, 'without-tidegate': withoutTidegate } = values;
    return runDemoScenario({ scenario, withoutTidegate, output }, io);
  }
  if (values.serve) return serveDemo(values['kubeconfig-out'], io);

  io.stdout('Starting a cluster in a box, and the webhook beside it …\n');
  const cluster = await startDemoCluster({ policies: [policies] });
  try {
    const deploys = await deployExamples(cluster);
    const latencies = await repeat(cluster, deploys);
    io.stdout(renderDeploys(deploys, latencies, io));
    return 0;
  } finally {
    await cluster.close();
  }
}

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const policies = fileURLToPath(new URL('../../examples/policies', import.meta.url));

/** Each example as the API server would have stored it without the webhook, and as it did. */
async function deployExamples(cluster: DemoCluster): Promise<Deploy[]> {
  const { client } = cluster;
  for (const [name, labels] of (await loadPolicyFiles([policies])).namespaces) {
    await client.create(resources.namespaces, {}, { metadata: { name, labels } }).catch(alreadyThere);
  }
  const { files } = await readFileTexts([examples], 1);
  const { manifests } = readManifests(files);
  const found: { file: string; object: JsonObject; namespace: string; name: string; before: KubeObject }[] =
    [];
  for (const { file, object, kind } of manifests) {
    if (kind !== 'CronJob') continue;
    const { namespace = 'default', name = '' } = (object as KubeObject).metadata;
    const before = await client.create(resources.cronJobs, { namespace }, object, { dryRun: true });
    found.push({ file: file.file, object, namespace, name, before });
  }

  await cluster.register();
  const create = await stockCreator(cluster.kubeconfig);
  for (const { object } of found) await create(object);
  const reviews = await reviewsIn(cluster, found.length);
  return Promise.all(
    found.map(async ({ file, namespace, name, before }) => ({
      file,
      key: objectKey(namespace, name),
      before,
      after: await client.get(resources.cronJobs, { namespace, name }),
      review: reviews.find((line) => line['namespace'] === namespace && line['name'] === name) ?? {},
    })),
  );
}

/** The Namespaces that every cluster has. */
function alreadyThere(error: unknown): void {
  if (!(error instanceof KubeError && error.reason === 'AlreadyExists')) throw error;
}

/** The webhook's own words about the first `count` reviews of workloads: its log is written a moment late. */
async function reviewsIn({ webhook }: DemoCluster, count: number): Promise<readonly LogLine[]> {
  for (let tries = 0; tries < 50; tries += 1) {
    const reviews = webhook.log.filter((line) => line['msg'] === 'review answered');
    if (reviews.length >= count) return reviews;
    await systemClock.sleep(100);
  }
  return webhook.log.filter((line) => line['msg'] === 'review answered');
}

const repeats = 200;

/** Seconds that the webhook took for each of some repeats, dry-run, through the API server. */
async function repeat(cluster: DemoCluster, deploys: readonly Deploy[]): Promise<readonly number[]> {
  const done = (await reviewsIn(cluster, deploys.length)).length;
  const [first] = deploys.filter(({ review }) => review['verdict'] === 'patched');
  if (first === undefined) return [];
  const { namespace = '', name = '' } = first.before.metadata;
  const { spec } = first.before;
  for (let i = 0; i < repeats; i += 1) {
    const again = { metadata: { name: `${name}-${i}`, namespace }, spec: spec ?? {} };
    await cluster.client.create(resources.cronJobs, { namespace }, again, { dryRun: true });
  }
  const reviews = await reviewsIn(cluster, done + repeats);
  return reviews.slice(done).map((line) => Number(line['seconds']));
}
