// A million fuzzed reviews through the webhook's own request handler, one in two hundred over real TLS as well:
//   node test/fuzz/run.js [COUNT] [SEED]
// Every review must be answered or refused with a reason, every patch must apply, by another library than ours, and
// what it makes must be left alone the next time. A failure prints the seed, keeps the input and ends with 1.
import { readFileSync, globSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonpatch from 'fast-json-patch';
import { parseAllDocuments } from 'yaml';
import { issueCa, issueLeaf } from '../../dist/certs/issue.js';
import { AppError } from '../../dist/errors.js';
import { compile } from '../../dist/placement/compile.js';
import { compileMatchers } from '../../dist/policy/matchers.js';
import { parsePolicy } from '../../dist/policy/parse.js';
import { providers } from '../../dist/providers/registry.js';
import { systemClock } from '../../dist/telemetry/clock.js';
import { createLogger } from '../../dist/telemetry/logger.js';
import { admissionMetrics, createRegistry } from '../../dist/telemetry/metrics.js';
import { createDecide } from '../../dist/webhook/decide.js';
import { createHandler } from '../../dist/webhook/handler.js';
import { createWebhookServer } from '../../dist/webhook/server.js';
import { mutateBytes, mutateValue, randomOf } from './mutate.js';

const count = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? 20_260_101);
const random = randomOf(seed);
const root = new URL('../..', import.meta.url).pathname;

const corpus = ['test/golden/inputs', 'test/golden/expected/*', 'examples'].flatMap((folder) =>
  globSync(`${folder}/*.yaml`, { cwd: root })
    .sort()
    .flatMap((file) =>
      parseAllDocuments(readFileSync(join(root, file), 'utf8')).map((document) => document.toJS()),
    )
    .filter((object) => ['CronJob', 'Job', 'Pod'].includes(object?.kind)),
);
const snapshots = makeSnapshots();
let snapshot = snapshots[0];
const tally = {};
const handle = createHandler({
  decide: createDecide(() => snapshot),
  observe: ({ verdict }) => (tally[verdict] = (tally[verdict] ?? 0) + 1),
  clock: systemClock,
});

const tls = await startTls();
const started = performance.now();
for (let i = 0; i < count; i += 1) {
  snapshot = snapshots[Math.floor(random() * snapshots.length)];
  const bytes = makeReview();
  try {
    check(bytes);
    if (i % 200 === 0) await tls.check(bytes);
  } catch (error) {
    const file = join(tmpdir(), `tidegate-fuzz-${seed}-${i}.json`);
    writeFileSync(file, bytes);
    console.error(`review ${i} of seed ${seed} failed, its bytes are in ${file}`);
    console.error(error);
    process.exit(1);
  }
  if ((i + 1) % 100_000 === 0) console.log(`${i + 1} reviews, ${seconds()} s`);
}
await tls.close();
console.log(`${count} reviews in ${seconds()} s, seed ${seed}, none failed:`);
for (const [what, times] of Object.entries(tally).sort(([a], [b]) => a.localeCompare(b)))
  console.log(`  ${what}: ${times}`);

function seconds() {
  return Math.round((performance.now() - started) / 1000);
}

/** One review as bytes: an object of the corpus, changed in up to four places, now and then in its bytes. */
function makeReview() {
  const object = structuredClone(corpus[Math.floor(random() * corpus.length)]);
  const group = object.kind === 'Pod' ? '' : 'batch';
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: `u-${Math.floor(random() * 1e6)}`,
      kind: { group, version: 'v1', kind: object.kind },
      resource: { group, version: 'v1', resource: `${object.kind.toLowerCase()}s` },
      operation: random() < 0.7 ? 'CREATE' : 'UPDATE',
      namespace: object.metadata?.namespace ?? 'default',
      name: object.metadata?.name ?? '',
      userInfo: {
        username: random() < 0.5 ? 'someone' : 'system:serviceaccount:kube-system:cronjob-controller',
      },
      dryRun: random() < 0.2,
      object,
    },
  };
  const changes = Math.floor(random() * 5);
  for (let i = 0; i < changes; i += 1)
    mutateValue(random() < 0.05 ? review : (review.request?.object ?? review), random);
  const text = JSON.stringify(review);
  return random() < 0.05 ? mutateBytes(Buffer.from(text), random) : Buffer.from(text);
}

/** @throws what nobody expected, or what is wrong with an answer. */
function check(bytes) {
  const answer = answerTo(bytes);
  if (answer === undefined) return;
  const { response } = answer;
  if (response.allowed !== true) throw new Error('not allowed');
  if ((response.patch === undefined) !== (response.patchType === undefined)) throw new Error('half a patch');
  if (response.patch === undefined) return;
  const review = JSON.parse(bytes);
  const operations = JSON.parse(Buffer.from(response.patch, 'base64'));
  review.request.object = jsonpatch.applyPatch(
    review.request.object,
    operations,
    true,
    true,
    false,
  ).newDocument;
  const again = answerTo(Buffer.from(JSON.stringify(review)));
  if (again?.response.patch !== undefined) {
    throw new Error(`changed again: ${Buffer.from(again.response.patch, 'base64')}`);
  }
}

/** The answer, or undefined where the review was refused with a reason. */
function answerTo(bytes) {
  try {
    const { body, sent } = handle(bytes);
    sent?.();
    return JSON.parse(body);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'review-invalid') throw error;
    tally.refused = (tally.refused ?? 0) + 1;
    return undefined;
  }
}

function makeSnapshots() {
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const kinds = { match: { workloads: { kinds: ['CronJob', 'Job', 'Pod'] } } };
  const wishes = {
    logs: {
      sources: ['stdout', '/var/log/*.log'],
      destinations: [
        { kafka: { brokers: ['k:9092'], topic: 't' } },
        { sls: { project: 'apps', logstore: 'cron' } },
      ],
    },
    tracing: {
      jaeger: { collectorEndpoint: 'http://j:14268/api/traces', samplingEndpoint: 'http://j:5778/sampling' },
      otlp: { endpoint: 'http://o:4318' },
    },
    startup: { imageCache: true, reuseSandbox: true },
    resilience: { unreachableSeconds: 3600 },
    scheduling: { schedulerName: 'tidegate-scheduler' },
    env: [{ name: 'RUNTIME', value: 'serverless', override: true }],
  };
  const specs = [
    ...providers.map(({ name }) => ({ placement: { type: 'VirtualOnly', providers: [{ name }] } })),
    {
      placement: { type: 'VirtualOnly', providers: [{ name: 'alibaba-eci' }, { name: 'tencent-supernode' }] },
    },
    { placement: { type: 'PreferVirtual', providers: [{ name: 'kwok' }, { name: 'liqo' }] } },
    { placement: { type: 'PreferReal', providers: [{ name: 'azure-aci' }] } },
    { mode: 'Observe', placement: { type: 'VirtualOnly', providers: [{ name: 'kwok' }] } },
    { rolloutPercent: 50, placement: { type: 'VirtualOnly', providers: [{ name: 'kwok' }] } },
  ];
  const indexes = specs.map((spec, i) => {
    const document = {
      apiVersion: 'tidegate.io/v1alpha1',
      kind: 'VirtualNodePolicy',
      metadata: { name: `golden-${i}` },
      spec: { ...kinds, ...wishes, ...spec },
    };
    const parsed = parsePolicy(document);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    return compileMatchers([parsed.value], (policy) => compile(policy, byName));
  });
  return [...indexes, compileMatchers([], () => undefined)].map((index) => ({
    index,
    observe: false,
    namespaceLabels: () => undefined,
  }));
}

/** The same handler behind the webhook's own TLS server. */
async function startTls() {
  const ca = await issueCa('fuzz CA', { now: Date.now(), days: 1 });
  const usage = { commonName: 'fuzz', dnsNames: ['localhost'], usage: 'server', now: Date.now(), days: 1 };
  const { cert, key } = await issueLeaf(ca, usage);
  const { server } = createWebhookServer({
    routes: { '/mutate': handle },
    tls: { cert, key },
    log: createLogger({ component: 'fuzz', level: 'silent' }),
    metrics: admissionMetrics(createRegistry({ version: 'fuzz' })),
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const agent = new Agent({ keepAlive: true, ca: ca.cert, servername: 'localhost' });
  const options = { agent, host: '127.0.0.1', port: server.address().port, path: '/mutate', method: 'POST' };
  return {
    async check(bytes) {
      const status = await new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'content-length': bytes.length };
        const outgoing = request({ ...options, headers }, (incoming) => {
          incoming.resume();
          incoming.on('end', () => resolve(incoming.statusCode));
        });
        outgoing.on('error', reject);
        outgoing.end(bytes);
      });
      if (status !== 200 && status !== 400) throw new Error(`HTTP ${status}`);
      tally[`HTTP ${status}`] = (tally[`HTTP ${status}`] ?? 0) + 1;
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
