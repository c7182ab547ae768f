import { X509Certificate } from 'node:crypto';
import type { Agent } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PemPair } from '../../src/certs/issue.js';
import { admissionReview, reviewUid } from '../support/admission-review.js';
import { serverCertificate, testCertificates, type TestCertificates } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { mountConfigMap } from '../support/folder.js';
import type { TestAnswer } from '../support/https.js';
import {
  pairFiles,
  patchOf,
  policyYaml,
  startWebhook,
  type WebhookProcess,
} from '../support/webhook-process.js';

let certificates: TestCertificates;
let next: PemPair;
beforeAll(async () => {
  certificates = await testCertificates();
  next = await serverCertificate(certificates.ca);
});

interface Load {
  /** Answers so far. */
  readonly count: () => number;
  readonly last: () => TestAnswer | undefined;
  /** Ends it; every answer, or the error of the first request that failed. */
  readonly end: () => Promise<readonly TestAnswer[]>;
}

/** Reviews without a pause: half of the callers keep a connection, half open one for each. */
function load({ review, keepAlive }: WebhookProcess): Load {
  let running = true;
  const answers: TestAnswer[] = [];
  const agents = [keepAlive(), keepAlive(), false, false] as const;
  const callers = agents.map(async (agent) => {
    while (running) answers.push(await review(admissionReview(), { agent }));
  });
  const done = Promise.all(callers);
  done.catch(() => undefined);
  return {
    count: () => answers.length,
    last: () => answers.at(-1),
    end: async () => {
      running = false;
      await done;
      return answers;
    },
  };
}

const more = async (running: Load, count = 20) => {
  const from = running.count();
  await eventually(`${count} more answers`, () => running.count() >= from + count);
};

const isAnswered = ({ status, body }: TestAnswer) =>
  status === 200 && body.includes(reviewUid) && patchOf({ status, body, headers: {} }) !== undefined;

const values = (answer: TestAnswer | undefined): string =>
  answer === undefined ? '' : JSON.stringify(patchOf(answer));

describe('under load', { timeout: 60_000 }, () => {
  it('certificates rotate without a failed request, and a pair that does not fit changes nothing', async () => {
    const webhook = await startWebhook({ certificates, mounted: true });
    const running = load(webhook);
    await more(running);

    await mountConfigMap(webhook.folder, 'v2', pairFiles({ ...next, key: certificates.server.key }));
    await eventually('the refusal', () => webhook.lines().some(({ level }) => level === 'error'));
    await more(running);
    const report = JSON.parse((await webhook.ops('/readyz')).text) as Record<string, unknown>;
    expect(report).toMatchObject({
      ready: true,
      certificates: { fault: expect.stringContaining('is not the key of') },
    });

    await mountConfigMap(webhook.folder, 'v3', pairFiles(next));
    await eventually('the renewal', () => webhook.lines().some(({ msg }) => msg === 'certificates renewed'));
    await more(running);
    const answers = await running.end();
    expect(answers.filter((answer) => !isAnswered(answer))).toEqual([]);
    expect(await servedSerial(webhook.port)).toBe(new X509Certificate(next.cert).serialNumber);
  });

  it('a policy edit takes effect without a failed review, a broken one leaves the old one serving', async () => {
    const webhook = await startWebhook({
      certificates,
      policies: { 'all.yaml': withValue('one') },
      mounted: true,
    });
    const folder = join(webhook.folder, 'policies');
    const running = load(webhook);
    await eventually('the first policy', () => values(running.last()).includes('"one"'));

    await mountConfigMap(folder, 'v2', { 'all.yaml': withValue('two') });
    await eventually('the second policy', () => values(running.last()).includes('"two"'));

    await mountConfigMap(folder, 'v3', { 'all.yaml': withValue('three').replace('placement', 'plaecment') });
    await eventually('the refusal', () => webhook.lines().some(({ level }) => level === 'error'));
    await more(running);
    expect(values(running.last())).toContain('"two"');
    const { status, text } = await webhook.ops('/readyz');
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      ready: true,
      policies: { loaded: 1, fault: expect.stringMatching(/all\.yaml:\d+:\d+: spec.*plaecment/) },
    });
    expect((await webhook.ops('/metrics')).text).toContain('tidegate_policy_faulty 1');

    await mountConfigMap(folder, 'v4', { 'all.yaml': withValue('four') });
    await eventually('the fourth policy', () => values(running.last()).includes('"four"'));
    const answers = await running.end();
    expect(answers.filter((answer) => !isAnswered(answer))).toEqual([]);
    expect(JSON.parse((await webhook.ops('/readyz')).text)).not.toHaveProperty('policies.fault');
  });

  it('SIGTERM fails no request: readiness first, then the connections, then the process', async () => {
    const [ending, other] = await Promise.all([
      startWebhook({ certificates, args: ['--lame-duck', '1'] }),
      startWebhook({ certificates }),
    ]);
    const service = serviceOf(ending, other);
    await eventually('answers of the first', () => service.answered(ending) > 20);
    ending.child.kill('SIGTERM');
    await eventually('readiness to fail', () => !service.isReady());
    const whenUnready = service.answered(ending);
    expect(await ending.exited).toBe(0);
    await eventually('answers of the other', () => service.answered(other) > 20);
    await service.end();
    expect(service.answered(ending)).toBeGreaterThan(whenUnready);
    expect(ending.lines().at(-1)).toMatchObject({ msg: 'webhook ended' });
  });
});

const withValue = (value: string) => policyYaml('all', { env: [{ name: 'VERSION', value }] });

function servedSerial(port: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', servername: 'localhost', ca: certificates.ca.cert };
    const socket = connect(options, () => {
      resolve(socket.getPeerX509Certificate()?.serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/**
 * What stands between an API server and two replicas: a connection that stands is used on; a new one goes to the
 * first replica while its readiness, asked as kubelet asks it, says so, else to the other.
 */
function serviceOf(first: WebhookProcess, second: WebhookProcess) {
  const stop = new AbortController();
  let ready = true;
  const answered = new Map([
    [first, 0],
    [second, 0],
  ]);
  const probe = (async () => {
    while (!stop.signal.aborted) {
      const status = await first.ops('/readyz').then(
        (answer) => answer.status,
        () => 0,
      );
      ready = status === 200;
    }
  })();
  const callers = Array.from({ length: 4 }, async () => {
    const agents = { first: first.keepAlive(), second: second.keepAlive() };
    while (!stop.signal.aborted) {
      const toFirst = ready || isConnected(agents.first);
      const backend = toFirst ? first : second;
      const answer = await backend.review(admissionReview(), {
        agent: toFirst ? agents.first : agents.second,
      });
      if (!isAnswered(answer)) throw new Error(`status ${answer.status}: ${answer.body}`);
      answered.set(backend, (answered.get(backend) ?? 0) + 1);
    }
  });
  const done = Promise.all([probe, ...callers]);
  done.catch(() => {
    stop.abort();
  });
  return {
    isReady: () => ready,
    answered: (backend: WebhookProcess) => answered.get(backend) ?? 0,
    end: async () => {
      stop.abort();
      await done;
    },
  };
}

const isConnected = ({ freeSockets }: Agent): boolean => Object.values(freeSockets).flat().length > 0;
