import { createPodReader, type ScaleInPod } from '../controllers/scale-in/pods.js';
import { createRevisions, isRollingOut, toRevision } from '../controllers/scale-in/rollouts.js';
import { messageOf } from '../errors.js';
import type { NodeFacts, PodFacts } from '../explain/mark.js';
import type { Client } from '../kube/client.js';
import { kindOf } from '../kube/errors.js';
import type { KubeObject } from '../kube/object.js';
import type { ListQuery } from '../kube/query.js';
import { resources, type Resource } from '../kube/resource.js';
import { isObject, type Json } from '../objects/json.js';
import { ranksPods } from '../placement/mark.js';
import { rankAmong, type Rank, type RankedPod } from '../placement/rank.js';
import type { Snapshot } from '../placement/snapshot.js';
import type { RivalReason } from '../policy/reasons.js';
import { toVirtualNode } from '../sources/nodes.js';
import { createRivals } from '../sources/rivals.js';
import { systemClock, systemRandom } from '../telemetry/clock.js';

/** Reads what the mark of a pod depends on. What this user may not see is named, and not taken into account. */
export async function readPodFacts(
  object: KubeObject,
  client: Client,
  snapshot: Snapshot,
): Promise<PodFacts> {
  const unknown: string[] = [];
  const pod = createPodReader()(object);
  const ranks = ranksPods(pod.owner.kind);

  async function orElse<T>(what: string, reading: Promise<T>, otherwise: T): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      if (kindOf(error) !== 'forbidden') throw error;
      unknown.push(`${what} (${messageOf(error)})`);
      return otherwise;
    }
  }

  const unreadable = { ...nothingOf(pod.nodeName), state: 'unreadable' } as const;
  const node =
    pod.nodeName === '' ? undefined : await orElse('the node', readNode(pod.nodeName, client), unreadable);
  const rollingOut = ranks && (await orElse('rollouts', readRollingOut(pod, client), false));
  const rival = ranks && node?.state === 'there' ? await readRival(pod, node, client, unknown) : undefined;
  const rank = ranks ? await orElse('other pods', readRank(object, pod, client), undefined) : undefined;
  return { pod, node, snapshot, rollingOut, rival, rank, unknown };
}

async function readNode(name: string, client: Client): Promise<NodeFacts> {
  try {
    const node = toVirtualNode(await client.get(resources.nodes, { name }));
    const { providers, byKarpenter, cordoned } = node ?? nothingOf(name);
    return { name, state: 'there', providers, byKarpenter, cordoned };
  } catch (error) {
    if (kindOf(error) !== 'not-found') throw error;
    return { ...nothingOf(name), state: 'gone' };
  }
}

const nothingOf = (name: string) => ({ name, providers: [], byKarpenter: false, cordoned: false });

async function readRollingOut({ namespace, owner }: ScaleInPod, client: Client): Promise<boolean> {
  if (owner.kind !== 'ReplicaSet') return false;
  const revisions = createRevisions();
  for await (const object of listAll(client, resources.replicaSets, { namespace })) {
    const revision = toRevision(object);
    if (revision) revisions.put(revision);
  }
  return isRollingOut(owner.uid, revisions);
}

/** Watches until the first lists are there: the very same code as in the webhook and the controller. */
async function readRival(
  pod: ScaleInPod,
  { byKarpenter }: NodeFacts,
  client: Client,
  unknown: string[],
): Promise<RivalReason | undefined> {
  const stop = new AbortController();
  const rivals = createRivals({
    client,
    clock: systemClock,
    random: systemRandom,
    onFault: (error) => {
      if (!stop.signal.aborted) unknown.push(`other managers of deletion costs (${messageOf(error)})`);
    },
  });
  const watching = rivals.run(stop.signal);
  while (!rivals.hasSettled) await systemClock.sleep(10);
  stop.abort();
  await watching;
  return rivals.of({ ...pod, byKarpenter });
}

async function readRank(object: KubeObject, pod: ScaleInPod, client: Client): Promise<Rank> {
  const read = createPodReader();
  const others: RankedPod[] = [];
  for await (const other of listAll(client, resources.pods, siblingsOf(object, pod))) {
    const one = read(other);
    if (one.owner.uid === pod.owner.uid && one.uid !== pod.uid && !one.finished)
      others.push(ranked(other, one));
  }
  return rankAmong(ranked(object, pod), others);
}

/** Pods of one ReplicaSet of a Deployment share a label, which spares the rest of the namespace. */
function siblingsOf({ metadata }: KubeObject, { namespace }: ScaleInPod): ListQuery {
  const hash = metadata.labels?.['pod-template-hash'];
  return { namespace, ...(hash === undefined ? {} : { labelSelector: `pod-template-hash=${hash}` }) };
}

function ranked({ status }: KubeObject, { nodeName, deletionCost }: ScaleInPod): RankedPod {
  const { phase, conditions } = isObject(status) ? status : {};
  const ready = (Array.isArray(conditions) ? conditions : []).some(
    (one: Json) => isObject(one) && one['type'] === 'Ready' && one['status'] === 'True',
  );
  return { isBound: nodeName !== '', phase: typeof phase === 'string' ? phase : '', ready, deletionCost };
}

async function* listAll(client: Client, resource: Resource, query: ListQuery): AsyncGenerator<KubeObject> {
  let token: string | undefined;
  do {
    const page = await client.list(resource, {
      ...query,
      limit: 500,
      ...(token === undefined ? {} : { continue: token }),
    });
    yield* page.items;
    token = page.continue;
  } while (token !== undefined);
}
