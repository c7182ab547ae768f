import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answered } from '../../support/eventually.js';
import { render } from '../../support/helm.js';
import { send } from '../../support/https.js';
import type { RunningContainer } from '../../support/installed/container.js';
import { installable, startSystem, type System } from '../../support/installed/system.js';
import { verbsOf, type Role, type Rule, type Verb } from '../../support/installed/verbs.js';
import { review } from '../../support/build.js';
import { cronJob, isPlaced } from './traffic.js';
import { startJobs } from './world-jobs.js';
import { startWorld, type World } from './world.js';

const values = {
  webhook: { replicas: 1 },
  controllers: { replicas: 1, adoption: { mode: 'on', qps: 1000 } },
  scheduler: { enabled: true, replicas: 1, noProgressSeconds: 10 },
};
const verbs = verbsOf(render(values));
/**
 * Only where the answer to a Binding was lost (test/integration/scheduler-http.test.ts), and where an event is told again
 * after ten minutes (test/unit/kube/events.test.ts).
 */
const unprovoked = new Set(['scheduler get pods', 'scheduler patch events']);
/** A webhook finds its certificate, as long as nobody has made that undone. */
const components = ['webhook', 'controllers', 'scheduler'];
const told = components.flatMap((component) =>
  verbs
    .filter((one) => one.component === component)
    .map((one) => [component, `${one.verb} ${one.resource}`, one] as const),
);
const cases = told.filter(([component, verb]) => !unprovoked.has(`${component} ${verb}`));

describe.each(installable())('a verb that a role lacks, on $name', ({ start }) => {
  let system: System;
  let worlds: readonly World[];

  beforeAll(async () => {
    system = await startSystem(start, { values });
    worlds = [await startWorld(system), await startJobs(system)];
    await placesStill();
    for (const component of ['controllers', 'scheduler'])
      for (const one of system.installed.containers(component)) await one.terminate();
  }, 180_000);
  afterAll(() => system.stop());

  it.each(cases)('the %s without %s says so, and deploys go on', async (component, _, verb) => {
    if (component !== 'webhook') await undo();
    await without(verb, async (crippled) => {
      await saysWhatItLacks(crippled, verb);
      if (component === 'webhook') expect(await answerOf(crippled)).toEqual([200, true]);
      await placesStill();
    });
  });

  it('takes away the verbs of all', () => {
    expect(told).toHaveLength(verbs.length);
    expect(cases).toHaveLength(verbs.length - unprovoked.size);
  });

  it('finds nothing that is lacking where nothing is', async () => {
    await undo();
    const whole = await system.installed.add('controllers');
    await answered(
      async () => (await whole.ops('/metrics')).text,
      (text) => text.includes('tidegate_adoption_cronjobs_total{result="placed"} 1'),
    );
    await stir();
    expect(whole.lines().filter(({ msg }) => msg === 'role lacks a verb')).toEqual([]);
    expect(JSON.parse((await whole.ops('/readyz')).text)).not.toHaveProperty('denied');
  });

  async function undo(): Promise<void> {
    for (const world of worlds) await world.undo();
  }

  async function stir(): Promise<void> {
    for (const world of worlds) await world.stir();
  }

  async function answerOf(webhook: RunningContainer): Promise<readonly unknown[]> {
    const { status, body } = await send({
      port: webhook.port() ?? 0,
      rejectUnauthorized: false,
      agent: false,
      payload: JSON.stringify(review({ ...cronJob('report'), kind: 'CronJob' })),
    });
    return [status, JSON.parse(body).response.allowed];
  }

  /** One more process of the component, while its role lacks the verb. */
  async function without(
    { role, component, without: rules }: Verb,
    work: (crippled: RunningContainer) => Promise<void>,
  ): Promise<void> {
    await setRules(role, rules);
    const crippled = await system.installed.start(component);
    try {
      await work(crippled);
    } finally {
      crippled.child.kill('SIGKILL');
      await crippled.exited;
      await setRules(role, role.rules);
    }
  }

  async function setRules({ kind, metadata: { namespace, name = '' } }: Role, rules: readonly Rule[]) {
    const where = kind === 'Role' ? `namespaces/${namespace ?? ''}/roles` : 'clusterroles';
    const path = `/apis/rbac.authorization.k8s.io/v1/${where}/${name}`;
    const { status, body } = await system.api.patch('merge', path, { rules });
    expect([status, body.message]).toEqual([200, undefined]);
  }

  /** In its log, its metrics and its readiness. */
  async function saysWhatItLacks(process: RunningContainer, { role, verb, resource, group }: Verb) {
    const { name } = role.metadata;
    const isIt = (line: Readonly<Record<string, unknown>>) =>
      line['msg'] === 'role lacks a verb' && line['verb'] === verb && line['resource'] === resource;
    const until = Date.now() + 90_000;
    for (let i = 0; !process.lines().some(isIt); i++) {
      if (Date.now() > until) throw new Error(`it does not say what it lacks: ${process.stdout()}`);
      // A while after it leads, and not too often.
      if (i % 20 === 19) await stir();
      await sleep(100);
    }
    const line = process.lines().find(isIt);
    expect(line).toMatchObject({ level: 'error', apiGroup: group });
    expect(name).toMatch(new RegExp(`^${String(line?.['role'])}(-log-configs)?$`));
    const { text } = await process.ops('/metrics');
    expect(text).toContain(`tidegate_requests_denied_total{verb="${verb}",resource="${resource}"}`);
    const { denied } = JSON.parse((await process.ops('/readyz')).text);
    const [plural = '', ...more] = resource.split('/');
    expect(denied).toContain(`${verb} ${[group === '' ? plural : `${plural}.${group}`, ...more].join('/')}`);
  }

  const placesStill = () =>
    answered(
      () =>
        system.api
          .post('/apis/batch/v1/namespaces/shop/cronjobs?dryRun=All', cronJob('probe'))
          .then(({ body }) => body),
      (body) => body.kind === 'CronJob' && isPlaced(body),
    );
});
