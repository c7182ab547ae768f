/** Measures `admit()` in a process of its own; sends what it found as one message. */
import type * as admitModule from '../../../src/webhook/admit.js';
import type * as compileModule from '../../../src/placement/compile.js';
import type { Snapshot } from '../../../src/placement/snapshot.js';
import type * as loadModule from '../../../src/sources/policy-files.js';
import type * as parseModule from '../../../src/policy/parse.js';
import type * as registryModule from '../../../src/providers/registry.js';
import type * as snapshotModule from '../../../src/sources/snapshot.js';
import type { Policy } from '../../../src/policy/policy.js';
import { built } from '../built.ts';
import { reviews, type Size } from '../fixtures/reviews.ts';
import { median, quantile } from '../stats.ts';

const { admit } = await built<typeof admitModule>('webhook/admit.js');
const { compile } = await built<typeof compileModule>('placement/compile.js');
const { loadPolicyFiles } = await built<typeof loadModule>('sources/policy-files.js');
const { parsePolicy } = await built<typeof parseModule>('policy/parse.js');
const { providers } = await built<typeof registryModule>('providers/registry.js');
const { toSnapshot } = await built<typeof snapshotModule>('sources/snapshot.js');

/** What the policies in front of the one that matches do not match. */
export type Miss = 'kind' | 'namespace' | 'label';

export interface Case {
  readonly size: Size;
  /** With the one that matches, which is asked last. */
  readonly policies: number;
  readonly miss: Miss;
}

export interface Found extends Case {
  /** In microseconds, of one call, by the clock. */
  readonly p50: number;
  /** In microseconds of CPU a call, garbage collection with it. */
  readonly cpu: number;
  /** `JSON.parse` of the same review, likewise. */
  readonly parse: { readonly p50: number; readonly cpu: number };
}

const cases: readonly Case[] = [
  { size: '6 KB', policies: 1, miss: 'kind' },
  { size: '20 KB', policies: 1, miss: 'kind' },
  { size: '20 KB', policies: 50, miss: 'kind' },
  { size: '20 KB', policies: 500, miss: 'kind' },
  { size: '20 KB', policies: 50, miss: 'namespace' },
  { size: '20 KB', policies: 500, miss: 'namespace' },
  { size: '20 KB', policies: 50, miss: 'label' },
  { size: '20 KB', policies: 500, miss: 'label' },
];

const rounds = 15;
const calls = 200;

const [placing] = (await loadPolicyFiles([fixture('cronjobs.yaml')])).policies;
if (placing === undefined) throw new Error('the policy that is measured is missing');
const runs = cases.map((one) => ({ one, round: prepare(one, placing), rounds: [] as Round[] }));
for (let i = 0; i < rounds + 3; i += 1) {
  for (const { round, rounds: all } of runs) {
    const measured = round();
    // The first ones warm up.
    if (i >= 3) all.push(measured);
  }
}
process.send?.(runs.map(({ one, rounds: all }) => summary(one, all)));

function fixture(name: string): string {
  return new URL(`../fixtures/policies/${name}`, import.meta.url).pathname;
}

interface Round {
  readonly parse: readonly number[];
  readonly admit: readonly number[];
  readonly parseCpu: number;
  readonly bothCpu: number;
}

function prepare({ size, policies, miss }: Case, matching: Policy): () => Round {
  const texts = reviews(size, 16);
  const snapshot = snapshotOf([...others(policies - 1, miss), matching]);
  const text = (i: number) => texts[i % texts.length] ?? '';
  const both = (i: number): number => {
    const body: unknown = JSON.parse(text(i));
    const start = process.hrtime.bigint();
    const { verdict } = admit(body, snapshot, text(i).length);
    const micros = Number(process.hrtime.bigint() - start) / 1000;
    if (verdict.kind !== 'patched') throw new Error(`expected a patch, got ${verdict.kind}`);
    return micros;
  };
  const parse = (i: number): number => {
    const start = process.hrtime.bigint();
    JSON.parse(text(i));
    return Number(process.hrtime.bigint() - start) / 1000;
  };
  return () => {
    const numbers = Array.from({ length: calls }, (_, i) => i);
    const start = cpu();
    const parsed = numbers.map(parse);
    const middle = cpu();
    const admitted = numbers.map(both);
    return { parse: parsed, admit: admitted, parseCpu: middle - start, bothCpu: cpu() - middle };
  };
}

function snapshotOf(policies: readonly Policy[]): Snapshot {
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const set = { policies, namespaces: new Map(), hash: '' } as unknown as Parameters<typeof toSnapshot>[0];
  return toSnapshot(set, { compile: (policy) => compile(policy, byName), observe: false });
}

function others(count: number, miss: Miss): Policy[] {
  return Array.from({ length: count }, (_, i) => {
    const parsed = parsePolicy({
      apiVersion: 'tidegate.io/v1alpha1',
      kind: 'VirtualNodePolicy',
      metadata: { name: `other-${i}` },
      spec: {
        priority: 10,
        match: matchOf(miss, i),
        placement: { type: 'VirtualOnly', providers: [{ name: 'alibaba-eci' }] },
      },
    });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    return parsed.value;
  });
}

function matchOf(miss: Miss, i: number): object {
  switch (miss) {
    case 'kind':
      return { workloads: { kinds: ['Pod'] } };
    case 'namespace':
      return { namespaces: { names: [`team-${i}-*`] } };
    case 'label':
      return { workloads: { selector: { matchLabels: { team: `team-${i}` } } } };
    default:
      return miss satisfies never;
  }
}

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function summary(one: Case, all: readonly Round[]): Found {
  const parseCpu = median(all.map((round) => round.parseCpu));
  return {
    ...one,
    p50: quantile(
      all.flatMap((round) => round.admit),
      0.5,
    ),
    cpu: (median(all.map((round) => round.bothCpu)) - parseCpu) / calls,
    parse: {
      p50: quantile(
        all.flatMap((round) => round.parse),
        0.5,
      ),
      cpu: parseCpu / calls,
    },
  };
}
