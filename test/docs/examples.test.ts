import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { command } from '../support/command.js';
import { schemaFaults } from '../support/kubernetes-schema.js';

const folder = fileURLToPath(new URL('../../examples/', import.meta.url));
const yamlIn = (path: string) => readdirSync(path).filter((name) => name.endsWith('.yaml'));
const examples = yamlIn(folder);
const policies = yamlIn(`${folder}policies`).filter((name) => name !== 'namespaces.yaml');

/** All policies, and each alone. */
const sets: readonly (readonly [title: string, paths: readonly string[]])[] = [
  ['all policies', ['']],
  ...policies.map((policy) => [policy, [policy, 'namespaces.yaml']] as const),
];

interface CronJob {
  readonly metadata: { readonly name: string; readonly namespace: string };
}
const documents = (text: string) => parseAllDocuments(text).map((document) => document.toJSON() as CronJob);

async function inject(stdin: string, policyPaths: readonly string[]) {
  const flags = policyPaths.flatMap((path) => ['--policies', `${folder}policies/${path}`]);
  const { code, stdout } = await command(['inject', '-f', '-', ...flags], { stdin });
  expect(code).toBe(0);
  return stdout;
}
const read = (name: string) => readFileSync(folder + name, 'utf8');

describe.each(examples)('examples/%s', (name) => {
  it('holds CronJobs that are valid by the published Kubernetes schema', () => {
    const text = read(name);
    expect(text).toContain('kind: CronJob');
    for (const document of documents(text)) expect(schemaFaults({ ...document })).toEqual([]);
  });

  it.each(sets)('is valid as %s makes it, and made so once', async (_, paths) => {
    const once = await inject(read(name), paths);
    for (const document of documents(once)) expect(schemaFaults({ ...document })).toEqual([]);
    expect(await inject(once, paths)).toBe(once);
  });
});
describe('the examples', () => {
  it('end as their comments say', async () => {
    const texts = examples.map(read);
    const flags = ['--policies', `${folder}policies`, '-o', 'json'];
    const explained = await command(['explain', '-f', '-', ...flags], { stdin: texts.join('---\n') });
    const ends = (
      JSON.parse(explained.stdout) as { name: string; verdict: string; reason: string; policy?: string }[]
    ).map(({ name, verdict, reason, policy }) => [name, verdict, reason, policy]);
    expect(ends).toEqual([
      ['daily-rollup', 'skipped', 'outside-rollout-percent', 'overflow'],
      ['monthly-rollup', 'patched', 'placed', 'overflow'],
      ['conntrack-sample', 'skipped', 'host-network', 'cronjobs'],
      ['invoice-export', 'patched', 'placed', 'cronjobs'],
      ['search-index', 'patched', 'placed', 'cronjobs'],
      ['settlement', 'patched', 'placed', 'cronjobs'],
      ['cart-cleanup', 'observed', 'policy-observes', 'observe-web'],
      ['licence-check', 'skipped', 'opted-out', undefined],
      ['warehouse-load', 'patched', 'placed', 'cronjobs'],
      ['image-resize', 'patched', 'placed', 'cronjobs'],
      ['nightly-report', 'patched', 'placed', 'cronjobs'],
    ]);
  });
});
