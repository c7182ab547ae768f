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
import { startWorld, type World } from './world.js';

const values = {
  webhook: { replicas: 1 },
  controllers: { replicas: 1, adoption: { mode: 'on', qps: 1000 } },
};
const verbs = verbsOf(render(values));
const ofComponent = (component: string) =>
  verbs
    .filter((one) => one.component === component)
    .map((one) => [`${one.verb} ${one.resource}`, one] as const);

describe.each(installable())('a verb that a role lacks, on $name', ({ start }) => {
  let system: System;
  let world: World;

  beforeAll(async () => {
    system = await startSystem(start, { values });
    world = await startWorld(system);
    await placesStill();
    for (const one of system.installed.containers('controllers')) await one.terminate();
  }, 180_000);
  afterAll(() => system.stop());

  it.each(ofComponent('webhook'))('the webhook without %s says so, and answers', async (_, verb) => {
    await without(verb, async (crippled) => {
      await saysWhatItLacks(crippled, verb);
      const { status, body } = await send({
        port: crippled.port() ?? 0,
        rejectUnauthorized: false,
        agent: false,
        payload: JSON.stringify(review({ ...cronJob('report'), kind: 'CronJob' })),
      });
      expect([status, JSON.parse(body).response.allowed]).toEqual([200, true]);
      await placesStill();
    });
  });

  it.each(ofComponent('controllers'))(
    'the controllers without %s say so, and deploys go on',
    async (_, verb) => {
      await world.undo();
      await without(verb, async (crippled) => {
        await saysWhatItLacks(crippled, verb);
        await placesStill();
      });
    },
  );

  it('has no role of any other component', () => {
    expect(new Set(verbs.map(({ component }) => component))).toEqual(new Set(['webhook', 'controllers']));
  });

  it('finds nothing that is lacking where nothing is', async () => {
    await world.undo();
    const whole = await system.installed.add('controllers');
    await answered(
      async () => (await whole.ops('/metrics')).text,
      (text) => text.includes('tidegate_adoption_cronjobs_total{result="placed"} 1'),
    );
    await world.stir();
    expect(whole.lines().filter(({ msg }) => msg === 'role lacks a verb')).toEqual([]);
    expect(JSON.parse((await whole.ops('/readyz')).text)).not.toHaveProperty('denied');
  });

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
      if (i % 20 === 19) await world.stir();
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
