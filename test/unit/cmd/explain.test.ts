import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Explanation } from '../../../src/explain/explain.js';
import { cronJob } from '../../support/admission-review.js';
import { command } from '../../support/command.js';
import { folderWith } from '../../support/folder.js';
import { policyDocument } from '../../support/policy.js';

type Specs = Readonly<Record<string, Record<string, unknown>>>;
type Terminal = Parameters<typeof command>[1];

async function explain(stdin: string, specs: Specs, args: readonly string[] = [], io: Terminal = {}) {
  const documents = Object.entries(specs).map(([name, spec]) => stringify(policyDocument(name, spec)));
  const folder = await folderWith({ 'p.yaml': documents.join('---\n') });
  return command(['explain', '-f', '-', '--policies', folder, ...args], { stdin, ...io });
}

async function explainJson(stdin: string, specs: Specs): Promise<readonly Explanation[]> {
  const { code, stdout } = await explain(stdin, specs, ['-o', 'json']);
  expect(code).toBe(0);
  return JSON.parse(stdout) as Explanation[];
}

const on = (...names: string[]) => ({
  placement: { type: 'VirtualOnly', providers: names.map((name) => ({ name })) },
});
const namespace =
  'apiVersion: v1\nkind: Namespace\nmetadata: {name: apps, labels: {tidegate.io/virtual-nodes: enabled}}\n---\n';
const job = (podSpec = {}, metadata = {}) => namespace + stringify(cronJob(podSpec, metadata));
const container = (fields: object) => ({ containers: [{ name: 'main', image: 'a', ...fields }] });

describe('tidegate explain', () => {
  it('tells a person how it ends in the first two lines, then why', async () => {
    const specs = {
      'web-only': { priority: 9, match: { workloads: { selector: { matchLabels: { tier: 'web' } } } } },
      share: {
        priority: 8,
        rolloutPercent: 80,
        ...on('tencent-supernode', 'kwok'),
        startup: { imageCache: true },
      },
      rest: {},
    };
    const { code, stdout, stderr } = await explain(
      job(container({ ports: [{ containerPort: 9100 }] })),
      specs,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`CronJob apps/report  stdin:5
Moved by share to kwok, 7 changes [placed]

Policies, in the order in which they are asked
  web-only  no match     the policy does not select the labels of this workload
  share     decides      places 80 %: buckets below 80, this one has 72
  rest      passed over  a policy before it has decided

Providers of share
  tencent-supernode  not used  a container declares a port that the provider
                               keeps for itself (container main, port 9100)
  kwok               runs it

What share does
  tolerations
    + added  toleration kwok.x-k8s.io/node
  affinity
    + added  required node affinity
  startup
    ! not offered  imageCache of kwok: the provider has no image cache that a
                   pod can ask for
  Asks for nothing in: provider, logs, tracing, scheduling, resilience, env
`);
  });

  const why = 'the provider does not run pods with hostNetwork (the pod)';
  it.each([
    ['refused', job({ hostNetwork: true }), {}, `Not moved by p: ${why} [host-network]`],
    [
      'opted out',
      job({}, { annotations: { 'tidegate.io/virtual-nodes': 'disabled' } }),
      {},
      'Not moved: the workload carries tidegate.io/virtual-nodes: disabled [opted-out]',
    ],
    [
      'observed',
      job(),
      { mode: 'Observe' },
      'Not moved, only observed by p: it would go to kwok, 7 changes [policy-observes]',
    ],
    [
      'of another kind',
      'kind: Service\napiVersion: v1',
      {},
      'Not moved: tidegate handles CronJobs, Jobs and Pods only [kind-not-handled]',
    ],
    [
      'broken',
      job({ tolerations: 'all' }),
      {},
      'Not moved, for an error: /spec/jobTemplate/spec/template/spec/tolerations: expected an array, got string (stdin:20:11) [object-invalid]',
    ],
  ])('says of one that is %s', async (_, text, spec, expected) => {
    const { stdout } = await explain(text, { p: spec });
    const [, ...lines] = (stdout.split('\n\n')[0] ?? '').trimEnd().split('\n');
    expect(lines.join(' ').replace(/ The Namespace .*/, '')).toBe(expected);
  });

  it('says of its own work what it did before, and of work that is to be taken back why', async () => {
    const first = await command(
      [
        'inject',
        '-f',
        '-',
        '--policies',
        await folderWith({ 'p.yaml': stringify(policyDocument('p', { env: [{ name: 'A', value: 'b' }] })) }),
      ],
      { stdin: job() },
    );
    const again = await explain(first.stdout, { p: { env: [{ name: 'A', value: 'b' }] } });
    expect(again.stdout).toContain('\nMoved by p to kwok: everything that the policy wants is there already');
    expect(again.stdout).toContain('\n    = added before  env A in main\n');
    expect(again.stdout).toContain(
      '\nWhat p has done before, for kwok\n  + /spec/tolerations/0 {"key":"kwok.x-k8s.io/node"',
    );
    const out = first.stdout.replace('annotations:', 'annotations:\n    tidegate.io/virtual-nodes: disabled');
    const [line] = (await explain(out, { p: {} })).stdout.split('\n').slice(1);
    expect(line).toMatch(
      /^Moved back, \d+ changes: the workload carries tidegate.io\/virtual-nodes: disabled$/,
    );
  });

  it('says what it puts into the Job around the pod, and what it has put there before', async () => {
    const spec = { scheduling: { schedulerName: 'tidegate-scheduler' } };
    const of = (restartPolicy: string) => job({ restartPolicy });
    const never = await explain(of('Never'), { p: spec });
    expect(never.stdout).toContain(
      '+ added  schedulerName tidegate-scheduler\n    + added  podFailurePolicy\n',
    );
    const restarts = await explain(of('OnFailure'), { p: spec });
    expect(restarts.stdout).toContain(
      '! not offered  podFailurePolicy: with restartPolicy OnFailure a pod that',
    );
    const folder = await folderWith({ 'p.yaml': stringify(policyDocument('p', spec)) });
    const first = await command(['inject', '-f', '-', '--policies', folder], { stdin: of('Never') });
    const again = await explain(first.stdout, { p: spec });
    expect(again.stdout).toContain('\n  + /podFailurePolicy/rules/0 {"action":"Ignore"');
  });

  it('says where an opt-in is only assumed', async () => {
    const { stdout } = await explain(stringify(cronJob()), { p: {} });
    expect(stdout).toContain('The Namespace apps is not known here: that it has opted in is assumed.');
    expect((await explain(job(), { p: {} })).stdout).not.toContain('assumed');
  });

  it('warns of a provider that sizes it by its own default', async () => {
    const { stdout } = await explain(job(), { p: on('aws-fargate') });
    expect(stdout).toContain('Warning: tidegate: without resource requests, aws-fargate sizes and bills it');
  });

  it('says which variables may hide others, and groups containers that end alike', async () => {
    const podSpec = {
      ...container({ envFrom: [{ secretRef: { name: 's' } }] }),
      initContainers: [
        { name: 'one', image: 'a' },
        { name: 'two', image: 'a', restartPolicy: 'Always' },
      ],
    };
    const { stdout } = await explain(job(podSpec), { p: { env: [{ name: 'A', value: 'b' }] } });
    expect(stdout).toContain(
      '    + added  env A in main: hides the same name in envFrom, if it is there\n    + added  env A in one, two\n',
    );
  });

  it('says why a provider of the policy is never used', async () => {
    const [one] = await explainJson(job(), { p: on('kwok', 'aws-fargate') });
    expect(one?.providers).toEqual([
      { provider: 'kwok', runs: true },
      {
        provider: 'aws-fargate',
        runs: false,
        reason: 'steering-excluded',
        sentence: "the provider's way of steering cannot be mixed with the one before it",
      },
    ]);
  });

  it('gives every provider the reason that keeps a pod off all of them', async () => {
    const [one] = await explainJson(job({ nodeName: 'n1' }), { p: on('kwok', 'liqo') });
    expect(one?.providers.map(({ provider, reason }) => [provider, reason])).toEqual([
      ['kwok', 'has-node-name'],
      ['liqo', 'has-node-name'],
    ]);
  });

  it('prints JSON of a fixed shape', async () => {
    const [one, ...others] = await explainJson(job({ hostNetwork: true }), {
      p: { rolloutPercent: 60 },
      q: {},
    });
    expect(others).toEqual([]);
    expect(one).toEqual({
      at: 'stdin:5',
      kind: 'CronJob',
      namespace: 'apps',
      name: 'report',
      verdict: 'skipped',
      reason: 'host-network',
      sentence: 'the provider does not run pods with hostNetwork',
      where: 'the pod',
      policy: 'p',
      operations: 0,
      optedIn: 'yes',
      policies: [
        { policy: 'p', outcome: 'decides', rollout: { percent: 60, bucket: 36 } },
        {
          policy: 'q',
          outcome: 'passed-over',
          because: 'lower-priority',
          sentence: 'a policy before it has decided',
        },
      ],
      providers: [
        {
          provider: 'kwok',
          runs: false,
          reason: 'host-network',
          sentence: 'the provider does not run pods with hostNetwork',
          where: 'the pod',
        },
      ],
      outcomes: [],
      warnings: ['tidegate did not move it: the provider does not run pods with hostNetwork'],
    });
  });

  it('has no line longer than the terminal, and colours only on one that shows them', async () => {
    const texts = await Promise.all(
      [false, true].map((colours) =>
        explain(job(), { p: on('tencent-supernode', 'alibaba-eci', 'kwok') }, [], {
          terminal: { colours, columns: 60 },
        }),
      ),
    );
    const [plain = '', coloured = ''] = texts.map(({ stdout }) => stdout);
    expect(Math.max(...plain.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(coloured).toContain('\u001b[1mCronJob apps/report\u001b[22m');
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  it('parts several, and says so where there is none', async () => {
    const two = await explain(`${job()}---\n${job()}`, { p: {} });
    expect(two.stdout.split(`\n${'─'.repeat(80)}\n\n`)).toHaveLength(2);
    expect(await explain(namespace, { p: {} })).toEqual({
      code: 0,
      stdout: '',
      stderr: 'no manifest to explain\n',
    });
    expect(await explainJson(namespace, { p: {} })).toEqual([]);
  });

  it('exits 2 for an unknown format', async () => {
    const { code, stderr } = await command(['explain', '-f', '-', '--policies', 'p', '-o', 'yaml']);
    expect([code, stderr]).toEqual([
      2,
      "tidegate explain: --output: expected one of text, json, got 'yaml'\nTry 'tidegate explain --help'.\n",
    ]);
  });
});
