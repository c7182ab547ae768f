import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import jsonpatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { injectFile } from '../../src/manifests/inject.js';
import { readManifests, type Manifest } from '../../src/manifests/read.js';
import { reviewManifest, reviewOf, type Reviewed } from '../../src/manifests/review.js';
import { providers } from '../../src/providers/registry.js';
import { admit } from '../../src/webhook/admit.js';
import type { JsonObject } from '../../src/objects/json.js';
import { policy } from '../support/policy.js';
import { snapshot } from '../support/snapshot.js';
import { validityFaults } from '../support/validity.js';

const here = new URL('.', import.meta.url).pathname;
const inputs = globSync('*.yaml', { cwd: join(here, 'inputs') }).sort();

/** Everything that a policy can want, of one provider. */
const policyFor = (name: string) =>
  policy('golden', {
    match: { workloads: { kinds: ['CronJob', 'Job', 'Pod'] } },
    placement: { type: 'VirtualOnly', providers: [{ name }] },
    scheduling: { schedulerName: 'tidegate-scheduler' },
    logs: {
      sources: ['stdout', '/var/log/app/*.log'],
      destinations: [
        { kafka: { brokers: ['kafka:9092'], topic: 'app-logs' } },
        { sls: { project: 'apps', logstore: 'cronjobs' } },
        { cls: { logset: 'apps', topic: 'cronjobs' } },
      ],
    },
    tracing: {
      jaeger: {
        collectorEndpoint: 'http://jaeger:14268/api/traces',
        samplingEndpoint: 'http://jaeger:5778/sampling',
      },
      otlp: { endpoint: 'http://otel:4318' },
    },
    startup: { imageCache: true, reuseSandbox: true },
    resilience: { unreachableSeconds: 3600 },
    env: [
      { name: 'RUNTIME', value: 'serverless' },
      { name: 'REGION', value: 'virtual', override: true },
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
  });

function read(text: string): { manifest: Manifest; inject: (reviewed: Reviewed) => string } {
  const { files, manifests } = readManifests([{ file: 'golden.yaml', text }]);
  const [file] = files;
  const [manifest] = manifests;
  if (file === undefined || manifest === undefined || manifests.length > 1)
    throw new Error('expected one object');
  return { manifest, inject: (reviewed) => injectFile(file, [reviewed]).text };
}

/** The object as the API server makes it of the webhook's own answer. */
function admitted(manifest: Manifest, name: string): JsonObject {
  const review = structuredClone(reviewOf(manifest, 'apps', 'golden'));
  const { patch } = admit(review, snapshot([policyFor(name)]), 10_000).review.response;
  const operations = JSON.parse(
    Buffer.from(patch ?? '', 'base64').toString() || '[]',
  ) as jsonpatch.Operation[];
  return jsonpatch.applyPatch(structuredClone(manifest.object), operations, true).newDocument;
}

describe.each(providers.map(({ name }) => name))('%s', (name) => {
  it.each(inputs)('%s', async (input) => {
    const { manifest, inject } = read(readFileSync(join(here, 'inputs', input), 'utf8'));
    const reviewed = reviewManifest(manifest, 'apps', snapshot([policyFor(name)]));
    const { kind, because, where } = reviewed.verdict;
    const text = inject(reviewed);
    const head = `# ${kind}: ${because}${where === undefined ? '' : ` (${where})`}\n`;
    await expect(head + text).toMatchFileSnapshot(join(here, 'expected', name, input));

    const result = admitted(manifest, name);
    expect(parse(text)).toEqual(result);
    expect(validityFaults(result)).toEqual([]);

    const again = read(text);
    const second = reviewManifest(again.manifest, 'apps', snapshot([policyFor(name)]));
    expect(again.inject(second)).toBe(text);
    expect(second.verdict.kind).toMatch(because.endsWith('placed') ? 'unchanged' : 'skipped');
  });
});

describe('the golden files', () => {
  it.each(inputs)('have an input that is valid: %s', (input) => {
    const { manifest } = read(readFileSync(join(here, 'inputs', input), 'utf8'));
    expect(validityFaults(manifest.object)).toEqual([]);
  });

  it('are those of the inputs and the providers, and no others', () => {
    const expected = new Set(providers.flatMap(({ name }) => inputs.map((input) => `${name}/${input}`)));
    const there = globSync('**/*.*', { cwd: join(here, 'expected') });
    expect(there.filter((file) => !expected.has(file))).toEqual([]);
  });
});
