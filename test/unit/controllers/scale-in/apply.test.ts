import { describe, expect, it } from 'vitest';
import { applyMark, type ApplyDeps } from '../../../../src/controllers/scale-in/apply.js';
import { KubeError } from '../../../../src/kube/errors.js';
import { objectKey, type KubeObject } from '../../../../src/kube/object.js';

const key = objectKey('apps', 'web-1');
const cost = 'controller.kubernetes.io/pod-deletion-cost';
const companion = 'tidegate.io/deletion-cost-by';
const unmark = { kind: 'unmark', because: 'no-policy-matches' } as const;
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
    expect(await applyMark(key, { client, decide: () => mark }, signal)).toMatchObject({ result: 'marked' });
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
    expect(await applyMark(key, { client, decide: () => unmark }, signal)).toMatchObject({
      result: 'unmarked',
    });
    expect(patches[0]?.metadata.annotations).toEqual({ [cost]: null, [companion]: null });
  });

  it('writes nothing where there is nothing to do any more', async () => {
    const { client, patches } = api(pod({}));
    const keep = { kind: 'keep', because: 'already-marked' } as const;
    expect(await applyMark(key, { client, decide: () => keep }, signal)).toMatchObject({ result: 'kept' });
    expect(patches).toEqual([]);
  });

  it('is content when the pod has gone', async () => {
    const { client } = api(new KubeError('no such pod', { kind: 'not-found' }));
    expect(await applyMark(key, { client, decide: () => unmark }, signal)).toMatchObject({ result: 'gone' });
  });

  it('lets a conflict be tried again', async () => {
    const { client } = api(new KubeError('changed', { kind: 'conflict' }));
    await expect(applyMark(key, { client, decide: () => unmark }, signal)).rejects.toThrow('changed');
  });
});
