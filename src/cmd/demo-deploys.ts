import { AppError } from '../errors.js';
import type { Client } from '../kube/client.js';
import { KubeError } from '../kube/errors.js';
import { objectKey, type KubeObject } from '../kube/object.js';
import { resources } from '../kube/resource.js';
import { stockCreator } from '../kube/stock-client.js';
import { readManifests } from '../manifests/read.js';
import { readFileTexts } from '../sources/file-texts.js';
import { loadPolicyFiles } from '../sources/policy-files.js';
import { systemClock } from '../telemetry/clock.js';
import type { DemoCluster } from './demo-cluster.js';
import type { Deploy } from './demo-report.js';
import type { LogLine } from './demo-webhook.js';

/** Each CronJob of a folder as the API server would have stored it without the webhook, and as it did. */
export async function deployExamples(
  cluster: DemoCluster,
  examples: string,
  policies: string,
): Promise<Deploy[]> {
  const { client } = cluster;
  await createNamespaces(client, policies);
  const { files } = await readFileTexts([examples], 1);
  const manifests = readManifests(files).manifests.filter(({ kind }) => kind === 'CronJob');
  const found: { readonly file: string; readonly before: KubeObject }[] = [];
  for (const { file, object } of manifests) {
    const { namespace = 'default' } = (object as KubeObject).metadata;
    const before = await client.create(resources.cronJobs, { namespace }, object, { dryRun: true });
    found.push({ file: file.file, before });
  }

  await cluster.register();
  const create = await stockCreator(cluster.kubeconfig);
  for (const { object } of manifests) await create(object);
  const reviews = await reviewsOf(cluster, manifests.length);
  return Promise.all(
    found.map(async ({ file, before }) => {
      const { namespace = '', name = '' } = before.metadata;
      const review = reviews.find((line) => line['namespace'] === namespace && line['name'] === name);
      if (review === undefined) throw new AppError('demo-failed', `the webhook was not asked about ${name}`);
      const after = await client.get(resources.cronJobs, { namespace, name });
      return { file, key: objectKey(namespace, name), before, after, review };
    }),
  );
}

/** Seconds that the webhook took for each of some repeats, dry-run, through the API server. */
export async function repeatDeploy(
  cluster: DemoCluster,
  deploys: readonly Deploy[],
): Promise<readonly number[]> {
  const first = deploys.find(({ review }) => review['verdict'] === 'patched');
  if (first === undefined) return [];
  const { namespace = '', name = '' } = first.before.metadata;
  const { spec } = first.before;
  for (let i = 0; i < repeats; i += 1) {
    const again = { metadata: { name: `${name}-${i}`, namespace }, spec: spec ?? {} };
    await cluster.client.create(resources.cronJobs, { namespace }, again, { dryRun: true });
  }
  const reviews = await reviewsOf(cluster, deploys.length + repeats);
  return reviews.slice(deploys.length).map((line) => Number(line['seconds']));
}

const repeats = 200;

async function createNamespaces(client: Client, policies: string): Promise<void> {
  for (const [name, labels] of (await loadPolicyFiles([policies])).namespaces) {
    await client.create(resources.namespaces, {}, { metadata: { name, labels } }).catch(alreadyThere);
  }
}

/** The Namespaces that every cluster has. */
function alreadyThere(error: unknown): void {
  if (!(error instanceof KubeError && error.reason === 'AlreadyExists')) throw error;
}

/** The webhook's own words about the first `count` reviews: its log is written a moment late. */
async function reviewsOf({ webhook }: DemoCluster, count: number): Promise<readonly LogLine[]> {
  const reviews = () => webhook.log.filter((line) => line['msg'] === 'review answered');
  for (let tries = 0; tries < 100 && reviews().length < count; tries += 1) await systemClock.sleep(50);
  return reviews().slice(0, count);
}
