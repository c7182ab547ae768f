import { expect } from 'vitest';
import { refusal } from '../behaviour.js';
import type { Area } from '../behaviour.js';
import { configMap, deployment, deployments, maps, pod, pods } from '../objects.js';

export const patches: Area = {
  area: 'patches',
  behaviours: (it) => {
    it('a merge patch sets what it names and removes what it names as null', async (api) => {
      const ns = await api.namespace();
      await api.post(maps(ns), configMap('a', { labels: { a: '1', b: '2' } }));
      const { body } = await api.patch('merge', `${maps(ns)}/a`, {
        metadata: { labels: { a: null, c: '3' } },
      });
      expect(body.metadata.labels).toEqual({ b: '2', c: '3' });
    });

    it('a merge patch with the current resourceVersion applies, with another it is refused with 409', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(maps(ns), configMap('a'));
      const { resourceVersion } = body.metadata;
      const change = { metadata: { resourceVersion }, data: { key: 'new' } };
      expect((await api.patch('merge', `${maps(ns)}/a`, change)).status).toBe(200);
      expect(refusal(await api.patch('merge', `${maps(ns)}/a`, change))).toEqual([409, 'Conflict']);
    });

    it('a merge patch with the right uid applies, with another it is refused with 422', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(maps(ns), configMap('a'));
      const change = (uid: string) => ({ metadata: { uid }, data: { key: 'new' } });
      expect((await api.patch('merge', `${maps(ns)}/a`, change(String(body.metadata.uid)))).status).toBe(200);
      const answer = await api.patch('merge', `${maps(ns)}/a`, change('other'));
      expect(refusal(answer)).toEqual([422, 'Invalid']);
      expect(answer.body.message).toContain('metadata.uid: Invalid value: "other": field is immutable');
    });

    it('a JSON patch applies its operations in order', async (api) => {
      const ns = await api.namespace();
      await api.post(maps(ns), configMap('a'));
      const { body } = await api.patch('json', `${maps(ns)}/a`, [
        { op: 'test', path: '/data/key', value: 'value' },
        { op: 'add', path: '/metadata/annotations', value: {} },
        { op: 'add', path: '/metadata/annotations/a.io~1b', value: 'c' },
        { op: 'replace', path: '/data/key', value: 'new' },
      ]);
      expect([body.metadata.annotations, body.data]).toEqual([{ 'a.io/b': 'c' }, { key: 'new' }]);
    });

    it('a JSON patch that does not apply is refused with 422, one that is no list with 400', async (api) => {
      const ns = await api.namespace();
      await api.post(maps(ns), configMap('a'));
      for (const operation of [
        { op: 'test', path: '/data/key', value: 'other' },
        { op: 'add', path: '/metadata/annotations/a', value: 'missing parent' },
        { op: 'remove', path: '/data/nothing' },
      ]) {
        expect(refusal(await api.patch('json', `${maps(ns)}/a`, [operation]))).toEqual([422, 'Invalid']);
      }
      expect(refusal(await api.patch('json', `${maps(ns)}/a`, {}))).toEqual([400, 'BadRequest']);
    });

    it('an unknown field in a patch is left out with a warning, and refused under Strict', async (api) => {
      const ns = await api.namespace();
      await api.post(maps(ns), configMap('a'));
      const warned = await api.patch('merge', `${maps(ns)}/a`, { dta: {} });
      expect([warned.status, warned.headers['warning']]).toEqual([200, '299 - "unknown field \\"dta\\""']);
      const strict = await api.patch('merge', `${maps(ns)}/a?fieldValidation=Strict`, { dta: {} });
      expect(refusal(strict)).toEqual([422, 'Invalid']);
    });

    it('a patch whose result has the wrong type is refused with 422', async (api) => {
      const ns = await api.namespace();
      await api.post(maps(ns), configMap('a'));
      expect(refusal(await api.patch('merge', `${maps(ns)}/a`, { data: { key: 1 } }))).toEqual([
        422,
        'Invalid',
      ]);
    });

    it('a strategic merge patch merges containers and env by name, and replaces tolerations', async (api) => {
      const ns = await api.namespace();
      const spec = {
        tolerations: [{ key: 'a', operator: 'Exists' }],
        containers: [
          {
            name: 'main',
            image: 'a:1',
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
          },
          { name: 'side', image: 'b:1' },
        ],
      };
      await api.post(
        deployments(ns),
        deployment('a', { template: { metadata: { labels: { app: 'a' } }, spec } }),
      );
      const { body } = await api.patch('strategic', `${deployments(ns)}/a`, {
        spec: {
          template: {
            spec: {
              tolerations: [{ key: 'b', operator: 'Exists' }],
              containers: [
                {
                  name: 'main',
                  image: 'a:2',
                  env: [
                    { name: 'B', value: '3' },
                    { name: 'C', value: '4' },
                  ],
                },
              ],
            },
          },
        },
      });
      const { containers, tolerations } = body.spec.template.spec;
      expect(containers.map((one: { name: string; image: string }) => [one.name, one.image])).toEqual([
        ['main', 'a:2'],
        ['side', 'b:1'],
      ]);
      expect(
        containers[0].env.map((one: { name: string; value: string }) => `${one.name}=${one.value}`).sort(),
      ).toEqual(['A=1', 'B=3', 'C=4']);
      expect(tolerations).toEqual([{ key: 'b', operator: 'Exists' }]);
    });

    it('a strategic merge patch deletes an item by $patch: delete and adds to finalizers', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a', { metadata: { finalizers: ['a.io/one'] } }));
      const added = await api.patch('strategic', `${pods(ns)}/a`, { metadata: { finalizers: ['a.io/two'] } });
      expect([...added.body.metadata.finalizers].sort()).toEqual(['a.io/one', 'a.io/two']);
      const removed = await api.patch('strategic', `${pods(ns)}/a`, {
        metadata: { '$deleteFromPrimitiveList/finalizers': ['a.io/one', 'a.io/two'] },
      });
      expect(removed.body.metadata.finalizers).toBeUndefined();
      const spec = {
        containers: [
          { name: 'main', image: 'a' },
          { name: 'side', image: 'b' },
        ],
      };
      await api.post(
        deployments(ns),
        deployment('a', { template: { metadata: { labels: { app: 'a' } }, spec } }),
      );
      const { body } = await api.patch('strategic', `${deployments(ns)}/a`, {
        spec: { template: { spec: { containers: [{ name: 'side', $patch: 'delete' }] } } },
      });
      expect(body.spec.template.spec.containers).toHaveLength(1);
    });

    it('a strategic merge patch without the merge key, or with an unknown directive, is refused with 500', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a'));
      const keyless = await api.patch('strategic', `${pods(ns)}/a`, {
        spec: { containers: [{ image: 'c' }] },
      });
      expect([keyless.status, keyless.body.message]).toEqual([
        500,
        'map: map[image:c] does not contain declared merge key: name',
      ]);
      const odd = await api.patch('strategic', `${pods(ns)}/a`, {
        spec: { containers: [{ name: 'main', $patch: 'odd' }] },
      });
      expect(odd.status).toBe(500);
    });

    it('a patch of a name or namespace is refused with 400, a patch of nothing that is there with 404', async (api) => {
      const ns = await api.namespace();
      await api.post(maps(ns), configMap('a'));
      expect(refusal(await api.patch('merge', `${maps(ns)}/a`, { metadata: { name: 'b' } }))).toEqual([
        400,
        'BadRequest',
      ]);
      expect(refusal(await api.patch('merge', `${maps(ns)}/a`, { metadata: { namespace: 'b' } }))).toEqual([
        400,
        'BadRequest',
      ]);
      expect(refusal(await api.patch('merge', `${maps(ns)}/b`, {}))).toEqual([404, 'NotFound']);
    });

    it('the scale subresource shows and sets replicas', async (api) => {
      const ns = await api.namespace();
      await api.post(deployments(ns), deployment('a', { paused: true }));
      expect((await api.get(`${deployments(ns)}/a/scale`)).body).toMatchObject({
        kind: 'Scale',
        apiVersion: 'autoscaling/v1',
        spec: {},
        status: { replicas: 0, selector: 'app=a' },
      });
      const { body } = await api.patch('merge', `${deployments(ns)}/a/scale`, { spec: { replicas: 2 } });
      expect(body.spec).toEqual({ replicas: 2 });
      expect((await api.get(`${deployments(ns)}/a`)).body.spec.replicas).toBe(2);
      const answer = await api.patch('merge', `${deployments(ns)}/a/scale`, { spec: { replicas: -1 } });
      expect(refusal(answer)).toEqual([422, 'Invalid']);
    });
  },
};
