import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMark, type ApplyDeps } from '../../../../src/controllers/scale-in/apply.js';
import { decide } from '../../../../src/controllers/scale-in/decide.js';
import { KubeError } from '../../../../src/kube/errors.js';
import { objectKey, type KubeObject } from '../../../../src/kube/object.js';
import { createPodProjection } from '../../../../src/kube/pod-projection.js';
import { policy } from '../../../support/policy.js';
import { snapshot } from '../../../support/snapshot.js';

const key = objectKey('apps', 'web-1');
const cost = 'controller.kubernetes.io/pod-deletion-cost';
const companion = 'tidegate.io/deletion-cost-by';
const signal = new AbortController().signal;

function pod(annotations: Record<string, string>, resourceVersion = '7'): KubeObject {
  return { metadata: { name: 'web-1', namespace: 'apps', uid: 'u-1', resourceVersion, annotations } };
}

interface Written {
  readonly metadata: { readonly annotations: Record<string, string | null> } & Record<string, unknown>;
}

/** An API server of one pod. */
function api(object: KubeObject | KubeError) {
  const patches: Written[] = [];
  const client: ApplyDeps['client'] = {
    get: () => (object instanceof KubeError ? Promise.reject(object) : Promise.resolve(object)),
    patch: (_resource, _target, { body }) => {
      patches.push(body as unknown as Written);
      return Promise.resolve(pod({}));
    },
  };
  return { client, patches };
}

describe('applyMark', () => {
  it('marks by one write that holds only for the pod as it was read', async () => {
    const { client, patches } = api(pod({}));
    const mark = { kind: 'mark', mark: { policy: 'p', cost: -100 } } as const;
    expect(await applyMark(key, { client, decide: () => mark }, signal)).toBe('marked');
    expect(patches).toEqual([
      {
        metadata: {
          uid: 'u-1',
          resourceVersion: '7',
          annotations: { [cost]: '-100', [companion]: 'p:-100' },
        },
      },
    ]);
  });

  it('takes both annotations back', async () => {
    const { client, patches } = api(pod({}));
    expect(await applyMark(key, { client, decide: () => ({ kind: 'unmark' }) }, signal)).toBe('unmarked');
    expect(patches[0]?.metadata.annotations).toEqual({ [cost]: null, [companion]: null });
  });

  it('writes nothing where there is nothing to do any more', async () => {
    const { client, patches } = api(pod({}));
    const keep = { kind: 'keep', because: 'already-marked' } as const;
    expect(await applyMark(key, { client, decide: () => keep }, signal)).toBe('kept');
    expect(patches).toEqual([]);
  });

  it('is content when the pod has gone', async () => {
    const { client } = api(new KubeError('no such pod', { kind: 'not-found' }));
    expect(await applyMark(key, { client, decide: () => ({ kind: 'unmark' }) }, signal)).toBe('gone');
  });

  it('lets a conflict be tried again', async () => {
    const { client } = api(new KubeError('changed', { kind: 'conflict' }));
    await expect(applyMark(key, { client, decide: () => ({ kind: 'unmark' }) }, signal)).rejects.toThrow(
      'changed',
    );
  });

  it('never changes a value that somebody else wrote, whatever came before', async () => {
    const policies = [
      snapshot([]),
      snapshot([policy('p')]),
      snapshot([policy('q', { scaleIn: { deletionCost: -7 } })]),
      snapshot([policy('p', { mode: 'Observe' })]),
    ];
    const step = fc.oneof(
      fc.record({ user: fc.constantFrom('-100', '-7', '5', '+5', '007', '2147483648') }),
      fc.record({ policies: fc.constantFrom(...policies) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        let annotations: Record<string, string> = {};
        let byUser: string | undefined;
        let serving = policies[0];
        for (const one of steps) {
          if ('user' in one) {
            // A user's value beside a companion of the very same value cannot be told from ours: it is ours.
            annotations = { ...annotations, [cost]: one.user };
            byUser = annotations[companion]?.endsWith(`:${one.user}`) === true ? undefined : one.user;
          } else serving = one.policies;
          const { client, patches } = api(pod(annotations));
          const project = createPodProjection();
          const decideNow = (object: KubeObject) => {
            const view = { ...project(object), ownerKind: 'ReplicaSet' };
            if (serving === undefined) throw new Error('no policies');
            return decide({ pod: view, providers: ['kwok'], snapshot: serving, rollingOut: false });
          };
          await applyMark(key, { client, decide: decideNow }, signal);
          const written = { ...annotations, ...patches[0]?.metadata.annotations };
          annotations = Object.fromEntries(
            Object.entries(written).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
          );
          if (byUser !== undefined) expect(annotations[cost]).toBe(byUser);
        }
      }),
      { numRuns: 300 },
    );
  });
});
