import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/objects/json.js';
import { policy } from '../support/policy.js';
import { simCluster } from '../support/sim-cluster.js';
import { snapshot } from '../support/snapshot.js';

const cost = 'controller.kubernetes.io/pod-deletion-cost';
const companion = 'tidegate.io/deletion-cost-by';
const placement = { type: 'PreferReal', providers: [{ name: 'alibaba-eci' }] };

const servings = {
  'no policy': snapshot([]),
  p: snapshot([policy('p', { placement })]),
  'p at -7': snapshot([policy('p', { placement, scaleIn: { deletionCost: -7 } })]),
  'p inverting': snapshot([policy('p', { placement, scaleIn: { invertOnRollout: true } })]),
  q: snapshot([policy('q', { placement })]),
  'p observing': snapshot([policy('p', { placement, mode: 'Observe' })]),
  'all observed': snapshot([policy('p', { placement })], { observe: true }),
  'opted out': snapshot([policy('p', { placement })], { namespaceLabels: () => ({}) }),
};

const pods = ['a', 'b'] as const;
const pod = fc.constantFrom(...pods);
const writer = fc.constantFrom('kubectl-annotate', 'karpenter', 'kruise-manager', 'my-operator');
/** What people and controllers write, and what we would: theirs all the same. */
const value = fc.constantFrom('-100', '-7', '100', '5');

const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('write' as const), pod, value, writer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('take off' as const), pod, writer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('take companion off' as const), pod, writer }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('serve' as const),
      serving: fc.constantFrom(...(Object.keys(servings) as (keyof typeof servings)[])),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('bind' as const),
      pod,
      node: fc.constantFrom('vn-1', 'vn-k', 'w-1'),
      own: fc.option(value, { nil: undefined, freq: 1 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('race' as const), value, writer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('spread' as const), pod }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'kill' as const,
        'webhook away' as const,
        'webhook back' as const,
        'node ordinary' as const,
        'node virtual' as const,
        'node gone' as const,
      ),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe('a deletion cost that somebody else has written', () => {
  it('is never changed or taken off by tidegate, whatever happens in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ step, pause: fc.constantFrom(0, 0.05, 3) }), { minLength: 5, maxLength: 40 }),
        async (steps) => {
          let serving = servings.p;
          const on = await simCluster({ seed: 1, snapshot: () => serving, life: false });
          await on.addNode('w-1', '100');
          await on.addNode('vn-1', '1000', 'virtual');
          await on.addNode('vn-k', '1000', 'virtual', { 'karpenter.sh/nodepool': 'default' });
          await on.addPods(pods);
          await on.pass(1);

          /** What somebody else has written last, by pod. */
          const theirs = new Map<string, string>();
          const wrongs: string[] = [];
          /** Who comes between our reading and our writing of the next pod. */
          let racer: { readonly value: string; readonly writer: string } | undefined;
          const race = async (_verb: string, resource: string, key: string): Promise<void> => {
            if (resource !== 'pods' || racer === undefined) return;
            const { value: written, writer: by } = racer;
            racer = undefined;
            const name = key.slice(key.indexOf('/') + 1);
            if (on.mark(name)[0] === written) return;
            theirs.set(name, written);
            await write(name, by, { [cost]: written });
          };
          let started = 0;
          const start = () => {
            started += 1;
            return on.startController(`process-${started}`, { onWrite: race });
          };
          let controller = start();

          const write = (name: string, fieldManager: string, annotations: Record<string, string | null>) =>
            on.api.patch('pods', 'apps', name, { metadata: { annotations } }, { fieldManager });
          const node = (name: string, type: string | null, taints: Json) =>
            on.api.patch('nodes', '', name, { metadata: { labels: { type } }, spec: { taints } });
          const taint = { key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' };

          async function happen(one: Step): Promise<void> {
            switch (one.do) {
              case 'write':
                // To write what is there already is no write: the API server records nobody for it.
                if (on.mark(one.pod)[0] === one.value) return;
                theirs.set(one.pod, one.value);
                await write(one.pod, one.writer, { [cost]: one.value });
                return;
              case 'take off':
                theirs.delete(one.pod);
                await write(one.pod, one.writer, { [cost]: null });
                return;
              case 'take companion off': {
                const [there] = on.mark(one.pod);
                if (there !== undefined) theirs.set(one.pod, there);
                await write(one.pod, one.writer, { [companion]: null });
                return;
              }
              case 'serve':
                serving = servings[one.serving];
                controller.changed();
                return;
              case 'bind': {
                if (on.pod(one.pod).spec.nodeName !== undefined) return;
                // Until the webhook has heard of what was written a moment before.
                await on.pass(0.05);
                if (one.own !== undefined) theirs.set(one.pod, one.own);
                await on.api.bind('apps', one.pod, one.node, {
                  annotations: one.own === undefined ? {} : { [cost]: one.own },
                });
                return;
              }
              case 'race':
                racer = one;
                return;
              case 'spread':
                await write(one.pod, 'kruise-manager', { 'apps.kruise.io/matched-workloadspread': '{}' });
                return;
              case 'kill':
                controller.kill();
                controller = start();
                return;
              case 'webhook away':
              case 'webhook back':
                on.webhook.isUp = one.do === 'webhook back';
                return;
              case 'node ordinary':
                if (on.api.get('nodes', '', 'vn-1')) await node('vn-1', null, null);
                return;
              case 'node virtual':
                if (on.api.get('nodes', '', 'vn-1')) await node('vn-1', 'virtual-kubelet', [taint]);
                return;
              case 'node gone':
                if (on.api.get('nodes', '', 'vn-1')) await on.api.remove('nodes', '', 'vn-1');
                return;
              default:
                one satisfies never;
            }
          }

          for (const { step: one, pause } of steps) {
            await happen(one);
            await on.pass(pause);
            for (const [name, written] of theirs) {
              if (on.mark(name)[0] !== written)
                wrongs.push(`${name}: ${written} is now ${on.mark(name)[0] ?? ''}`);
            }
          }
          await on.pass(20);
          for (const [name, written] of theirs) expect(on.mark(name)[0]).toBe(written);
          expect(wrongs).toEqual([]);
          controller.kill();
        },
      ),
      { numRuns: 300 },
    );
  });
});
