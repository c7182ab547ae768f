import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policy } from '../support/policy.js';
import { simCluster, type SimCluster, type SimController } from '../support/sim-cluster.js';
import { snapshot } from '../support/snapshot.js';

const placement = { type: 'PreferReal', providers: [{ name: 'alibaba-eci' }] };
const marking = snapshot([policy('p', { placement })]);
const ours = ['-100', 'p:-100'];

async function cluster(): Promise<SimCluster> {
  const made = await simCluster({ seed: 1, snapshot: () => marking, life: false });
  for (const name of ['vn-1', 'vn-2']) await made.addNode(name, '10000', 'virtual');
  await made.pass(1);
  return made;
}

const names = (count: number, prefix = 'pod') => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

async function land(on: SimCluster, pods: readonly string[]): Promise<void> {
  await on.addPods(pods);
  await on.pass(0.01);
  for (const [i, pod] of pods.entries()) await on.bind(pod, i % 2 === 0 ? 'vn-1' : 'vn-2');
}

const unmarked = (on: SimCluster): readonly string[] =>
  on
    .pods()
    .map(({ metadata }) => metadata.name)
    .filter((name) => on.mark(name)[0] === undefined);

const holder = (on: SimCluster): unknown =>
  (
    on.api.get('leases.coordination.k8s.io', 'default', 'tidegate-controllers') as
      { spec?: object } | undefined
  )?.spec;

describe('of two controllers', () => {
  it('only the one that holds the Lease writes', async () => {
    const on = await cluster();
    on.webhook.isUp = false;
    const [one, two] = [on.startController('one'), on.startController('two')];
    await on.pass(5);
    await land(on, names(200));
    await on.pass(20);
    expect(unmarked(on)).toEqual([]);
    expect([one.patched().length, two.patched().length].sort()).toEqual([0, 200]);
  });

  it('the other goes on where one is killed between two writes, and no pod is written twice', async () => {
    const on = await cluster();
    on.webhook.isUp = false;
    const killed: { current?: SimController } = {};
    let patches = 0;
    killed.current = on.startController('one', {
      onWrite: (verb, resource) => {
        if (verb === 'patch' && resource === 'pods') patches += 1;
        if (patches === 30) killed.current?.kill();
      },
    });
    await on.pass(5);
    const other = on.startController('two');
    await land(on, names(100));
    await on.pass(30);
    expect(unmarked(on)).toEqual([]);
    const written = [...killed.current.patched(), ...other.patched()];
    expect(new Set(written).size).toBe(written.length);
    expect(killed.current.patched().length).toBeLessThanOrEqual(30);
    expect(written).toHaveLength(100);
  });
});

describe('whenever whatever dies', () => {
  const event = fc.record({
    after: fc.integer({ min: 0, max: 15 }),
    what: fc.constantFrom('kill', 'cut off', 'webhook away', 'webhook back', 'watches expire', 'watches cut'),
  });

  it('no pod waits for its mark for longer than half a minute, and who writes holds the Lease', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 8 }), async (events) => {
        const on = await cluster();
        const wrongs: string[] = [];
        let started = 0;
        const start = (): SimController => {
          started += 1;
          const identity = `process-${started}`;
          return on.startController(identity, {
            onWrite: (verb, resource, key) => {
              const lease = holder(on) as { readonly holderIdentity?: string } | undefined;
              if (verb === 'patch' && resource === 'pods' && lease?.holderIdentity !== identity)
                wrongs.push(`${identity} wrote ${key}`);
            },
          });
        };
        const running = [start(), start()];
        const boundAt = new Map<string, number>();
        const longest = { seconds: 0 };
        let pods = 0;

        /** A pod lands each second. */
        async function live(seconds: number): Promise<void> {
          for (let second = 0; second < seconds; second += 1) {
            pods += 1;
            await land(on, [`pod-${pods}`]);
            boundAt.set(`pod-${pods}`, on.clock.now());
            await on.pass(1);
            for (const [name, at] of boundAt) {
              if (on.mark(name)[0] !== undefined) boundAt.delete(name);
              longest.seconds = Math.max(longest.seconds, (on.clock.now() - at) / 1000);
            }
          }
        }

        const happen = {
          kill: () => {
            running.shift()?.kill();
            running.push(start());
          },
          'cut off': () => {
            const [first] = running;
            first?.client.setReachable(false);
            on.clock.after(20_000, () => first?.client.setReachable(true));
          },
          'webhook away': () => void (on.webhook.isUp = false),
          'webhook back': () => void (on.webhook.isUp = true),
          'watches expire': () => {
            for (const { client } of [...running, { client: on.webhookClient }]) client.interrupt('expire');
          },
          'watches cut': () => {
            for (const { client } of [...running, { client: on.webhookClient }]) client.interrupt('cut');
          },
        };
        await live(5);
        for (const { after, what } of events) {
          happen[what]();
          await live(after);
        }
        await live(35);
        expect(wrongs).toEqual([]);
        expect(longest.seconds).toBeLessThanOrEqual(30);
        for (const one of running) one.kill();
      }),
      { numRuns: 40 },
    );
  });
});

describe('5,000 pods that land while watches are cut and revisions forgotten', () => {
  async function flood(
    isUp: boolean,
  ): Promise<{ readonly on: SimCluster; readonly controller: SimController }> {
    const on = await cluster();
    on.webhook.isUp = isUp;
    const controller = on.startController();
    await on.pass(5);
    for (let batch = 0; batch < 20; batch += 1) {
      await on.addPods(names(250, `pod-${batch}`));
      on.webhookClient.interrupt(batch % 2 === 0 ? 'cut' : 'expire');
      await on.pass(0.5);
      for (let i = 0; i < 250; i += 1) {
        await on.bind(`pod-${batch}-${i}`, i % 2 === 0 ? 'vn-1' : 'vn-2');
        if (i === 100) controller.client.interrupt('expire');
        if (i === 200) controller.client.interrupt('cut');
      }
    }
    await on.pass(150);
    return { on, controller };
  }

  it('are all repaired by one patch each, the webhook being away', async () => {
    const { on, controller } = await flood(false);
    expect(unmarked(on)).toEqual([]);
    expect(on.mark('pod-7-7')).toEqual(ours);
    expect(controller.patched()).toHaveLength(5000);
    expect(new Set(controller.patched()).size).toBe(5000);
  });

  it('are all marked, and no pod is written twice, the webhook being there', async () => {
    const { on, controller } = await flood(true);
    expect(unmarked(on)).toEqual([]);
    expect(new Set(controller.patched()).size).toBe(controller.patched().length);
  });
});
