import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Explanation } from '../../src/explain/explain.js';
import type { MarkExplanation } from '../../src/explain/mark.js';
import { resources } from '../../src/kube/resource.js';
import { command } from '../support/command.js';
import { folderWith } from '../support/folder.js';
import { policyDocument } from '../support/policy.js';
import { scaleInCluster, startController, startMarking, type ScaleInCluster } from '../support/scale-in.js';
import { policy } from '../support/policy.js';
import { snapshot } from '../support/snapshot.js';

const placement = { type: 'PreferVirtual', providers: [{ name: 'alibaba-eci' }] };
const marking = snapshot([policy('p', { placement })]);
const cost = 'controller.kubernetes.io/pod-deletion-cost';

type Specs = Readonly<Record<string, Record<string, unknown>>>;

async function explain(
  on: ScaleInCluster,
  args: readonly string[],
  specs: Specs = { p: { placement } },
  user?: string,
) {
  const documents = Object.entries(specs).map(([name, spec]) => stringify(policyDocument(name, spec)));
  const kubeconfig = on.box.kubeconfig().replace(on.box.token, user ?? on.box.token);
  const folder = await folderWith({ 'p.yaml': documents.join('---\n'), kubeconfig });
  return command([
    ...['explain', ...args, '-n', 'apps'],
    ...['--policies', `${folder}/p.yaml`, '--kubeconfig', `${folder}/kubeconfig`],
  ]);
}

async function explainJson(
  on: ScaleInCluster,
  pod: string,
  specs?: Specs,
): Promise<MarkExplanation | undefined> {
  const { code, stdout, stderr } = await explain(on, [`pod/${pod}`, '-o', 'json'], specs);
  expect([code, stderr]).toEqual([0, '']);
  return (JSON.parse(stdout) as MarkExplanation[])[0];
}

/** Running and ready, as a kubelet says it. */
async function run(on: ScaleInCluster, pod: string, ready = 'True'): Promise<void> {
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] };
  const target = { namespace: 'apps', name: pod, subresource: 'status' };
  await on.client.patch(resources.pods, target, { type: 'strategic', body: { status } });
}

describe('tidegate explain pod/NAME', () => {
  it('tells a person what the pod carries, why, and what it means', async () => {
    const on = await scaleInCluster();
    await startMarking(on, () => marking);
    await on.createPods(['a', 'b', 'c', 'd', 'e']);
    for (const [pod, node] of [
      ['a', 'vn-1'],
      ['b', 'vn-2'],
      ['c', 'w-1'],
      ['d', 'w-1'],
      ['e', 'w-2'],
    ] as const) {
      await on.bind(pod, node);
      await run(on, pod, pod === 'e' ? 'False' : 'True');
    }
    const low = { placement, priority: -1 };
    const other = { placement: { type: 'VirtualOnly', providers: [{ name: 'kwok' }] }, priority: 5 };
    const { code, stdout, stderr } = await explain(on, ['pod/a'], { p: { placement }, low, other });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`Pod apps/a  on vn-1: alibaba-eci
Deletion cost -100 of the policy p, put there in the bind: the pod carries the
deletion cost of its policy already [already-marked]

Policies, in the order in which they are asked
  other  no match     the policy names no provider that the node fits
  p      decides      -100 on nodes of alibaba-eci
  low    passed over  a policy before it has decided

When ReplicaSet web shrinks
  Of 4 others, 1 go before it, 2 after it; 1 are like it, so that company on the
  node and age decide.
`);
  });

  it('tells who wrote the value, and by which way ours came', async () => {
    const on = await scaleInCluster();
    await on.createPods(['repaired']);
    await on.createPods(['own'], { [cost]: '7' });
    await on.createPods(['unbound']);
    await on.bind('repaired', 'vn-1');
    await on.bind('own', 'vn-1');
    expect(await explainJson(on, 'repaired')).toMatchObject({
      next: 'mark',
      reason: 'marked',
      wanted: { policy: 'p', cost: -100 },
    });
    startController(on, () => marking);
    await expect
      .poll(() => explainJson(on, 'repaired'), { timeout: 30_000 })
      .toMatchObject({ next: 'keep', by: 'tidegate', path: 'repair', writer: 'tidegate', policy: 'p' });
    expect(await explainJson(on, 'own')).toMatchObject({
      next: 'keep',
      reason: 'cost-of-another',
      deletionCost: '7',
      by: 'another',
      writer: 'tidegate',
    });
    const unbound = await explainJson(on, 'unbound');
    expect(unbound).toMatchObject({ next: 'keep', reason: 'not-bound', policies: [], optedIn: 'yes' });
    expect(unbound?.deletionCost).toBeUndefined();
  });

  it('sees who else manages the deletion cost', async () => {
    const on = await scaleInCluster();
    await on.createPods(['a'], { 'apps.kruise.io/matched-workloadspread': '{}' });
    await on.bind('a', 'vn-1');
    expect(await explainJson(on, 'a')).toMatchObject({ next: 'keep', reason: 'cost-of-workload-spread' });
  });

  it('tells of a node that is gone, of an ordinary one, and of a namespace that is not opted in', async () => {
    const on = await scaleInCluster();
    await on.createPods(['gone', 'ordinary', 'out']);
    await on.bind('gone', 'nowhere');
    await on.bind('ordinary', 'w-1');
    await on.bind('out', 'vn-1');
    expect(await explainJson(on, 'gone')).toMatchObject({
      reason: 'node-not-virtual',
      node: { name: 'nowhere', state: 'gone' },
    });
    expect(await explainJson(on, 'ordinary')).toMatchObject({
      reason: 'node-not-virtual',
      node: { name: 'w-1', state: 'there', providers: [] },
    });
    const body = { metadata: { labels: { 'tidegate.io/virtual-nodes': null } } };
    await on.client.patch(resources.namespaces, { name: 'apps' }, { type: 'merge', body });
    expect(await explainJson(on, 'out')).toMatchObject({ reason: 'namespace-not-opted-in', optedIn: 'no' });
  });
});

describe('tidegate explain cronjob/NAME', () => {
  it('tells of the object as it is in the cluster', async () => {
    const on = await scaleInCluster();
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] } };
    const body = {
      metadata: { name: 'report' },
      spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template } } },
    };
    await on.client.create(resources.cronJobs, { namespace: 'apps' }, body);
    const { code, stdout } = await explain(on, ['cj/report', '-o', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout) as Explanation[]).toMatchObject([
      {
        at: 'in the cluster',
        kind: 'CronJob',
        name: 'report',
        verdict: 'patched',
        optedIn: 'yes',
        policy: 'p',
      },
    ]);
    const text = await explain(on, ['cronjob/report', 'pod/nobody']);
    expect([text.code, text.stderr]).toEqual([1, 'tidegate explain: the cluster has no pod apps/nobody\n']);
    expect(text.stdout).toMatch(/^CronJob apps\/report {2}in the cluster\nMoved by p to alibaba-eci/);
  });
});

describe('tidegate explain for somebody who may not see everything', () => {
  const users = { viewer: { username: 'viewer', groups: [] } };
  const mayNot = (...resources: readonly string[]) =>
    scaleInCluster({
      users,
      authorize: ({ username }, { resource }) =>
        username === 'viewer' && resources.includes(resource) ? 'RBAC: no' : undefined,
    });

  it('names what it could not take into account', async () => {
    const on = await mayNot('nodes', 'namespaces', 'replicasets.apps');
    await on.createPods(['a']);
    await on.bind('a', 'vn-1');
    const { code, stdout } = await explain(on, ['pod/a'], { p: { placement } }, 'viewer');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Pod apps\/a {2}on vn-1, which is unreadable\n/);
    expect(stdout.replaceAll('\n', ' ')).toContain(
      'The Namespace apps could not be read: that it has opted in is assumed.',
    );
    expect(stdout.replaceAll('\n', ' ')).toMatch(
      /Not taken into account: the node \(GET \/api\/v1\/nodes\/vn-1: .*403 Forbidden/,
    );
  });

  it('says who may not do what, where that is the pod itself', async () => {
    const on = await mayNot('pods');
    await on.createPods(['a']);
    const { code, stdout, stderr } = await explain(on, ['pod/a'], { p: { placement } }, 'viewer');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^tidegate explain: GET \/api\/v1\/namespaces\/apps\/pods\/a: .*403 Forbidden.*"viewer" cannot get/,
    );
  });
});

describe('tidegate explain of a cluster', () => {
  it.each([
    [['pod'], "expected pod/NAME, cronjob/NAME or job/NAME, got 'pod'"],
    [['deployment/web'], "expected pod/NAME, cronjob/NAME or job/NAME, got 'deployment/web'"],
    [['pod/A b'], "expected pod/NAME, cronjob/NAME or job/NAME, got 'pod/A b'"],
    [['pod/a', '-f', 'x.yaml'], "expected either -f or objects of a cluster, got 'pod/a' too"],
    [
      ['-f', 'x.yaml', '--kubeconfig', 'k'],
      '--kubeconfig: expected pod/NAME, cronjob/NAME or job/NAME beside it',
    ],
    [['pod/a', '-n', 'Apps'], "--namespace: expected the name of a namespace, got 'Apps'"],
  ])('is refused for %j', async (args, message) => {
    const { code, stderr } = await command(['explain', ...args, '--policies', 'examples/policies']);
    expect([code, stderr]).toEqual([
      2,
      `tidegate explain: ${message}\nTry 'tidegate explain --help' for its flags.\n`.replace(
        ' for its flags',
        '',
      ),
    ]);
  });
});
