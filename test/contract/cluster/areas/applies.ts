import { expect } from 'vitest';
import { refusal } from '../behaviour.js';
import type { Answer, Api, Area, Parsed } from '../behaviour.js';
import { configMap, deployment, deployments, maps } from '../objects.js';

const apply = (api: Api, ns: string, manager: string, data: object, more = ''): Promise<Answer> =>
  api.patch('apply', `${maps(ns)}/a?fieldManager=${manager}${more}`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a' },
    data,
  });

const owners = (body: Parsed): unknown[] =>
  body.metadata.managedFields.map((entry: Parsed) => [entry.manager, entry.operation, entry.fieldsV1]);

export const applies: Area = {
  area: 'server-side apply',
  behaviours: (it) => {
    it('an apply creates what is not there, and owns what it names', async (api) => {
      const ns = await api.namespace();
      const { status, body } = await apply(api, ns, 'one', { x: '1' });
      expect(status).toBe(201);
      expect(owners(body)).toEqual([['one', 'Apply', { 'f:data': { 'f:x': {} } }]]);
    });

    it('an apply of the same again changes nothing', async (api) => {
      const ns = await api.namespace();
      const first = await apply(api, ns, 'one', { x: '1' });
      const again = await apply(api, ns, 'one', { x: '1' });
      expect([again.status, again.body.metadata.resourceVersion]).toEqual([
        200,
        first.body.metadata.resourceVersion,
      ]);
    });

    it('what a manager no longer names is removed', async (api) => {
      const ns = await api.namespace();
      await apply(api, ns, 'one', { x: '1', y: '2' });
      expect((await apply(api, ns, 'one', { x: '1' })).body.data).toEqual({ x: '1' });
    });

    it('what two managers set alike stays until both let go', async (api) => {
      const ns = await api.namespace();
      await apply(api, ns, 'one', { x: '1', y: '2' });
      await apply(api, ns, 'two', { x: '1' });
      expect((await apply(api, ns, 'one', { y: '2' })).body.data).toEqual({ x: '1', y: '2' });
      expect((await apply(api, ns, 'two', { z: '3' })).body.data).toEqual({ y: '2', z: '3' });
    });

    it('a field that another manager set otherwise is refused with 409 and named; force takes it over', async (api) => {
      const ns = await api.namespace();
      await apply(api, ns, 'one', { x: '1' });
      const refused = await apply(api, ns, 'two', { x: '2' });
      expect(refusal(refused)).toEqual([409, 'Conflict']);
      expect(refused.body.message).toBe('Apply failed with 1 conflict: conflict with "one": .data.x');
      expect(refused.body.details.causes).toEqual([
        { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.x' },
      ]);
      const forced = await apply(api, ns, 'two', { x: '2' }, '&force=true');
      expect([forced.body.data, owners(forced.body)]).toEqual([
        { x: '2' },
        [['two', 'Apply', { 'f:data': { 'f:x': {} } }]],
      ]);
    });

    it('an update takes fields over without asking, and owns them as an update', async (api) => {
      const ns = await api.namespace();
      await apply(api, ns, 'one', { x: '1', y: '2' });
      const { body } = await api.patch('merge', `${maps(ns)}/a?fieldManager=two`, { data: { x: '3' } });
      expect(owners(body)).toEqual([
        ['one', 'Apply', { 'f:data': { 'f:y': {} } }],
        ['two', 'Update', { 'f:data': { 'f:x': {} } }],
      ]);
      const refused = await apply(api, ns, 'one', { x: '1', y: '2' });
      expect(refused.body.message).toBe(
        'Apply failed with 1 conflict: conflict with "two" using v1: .data.x',
      );
    });

    it('a create is recorded as an update of what it set, defaults included', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(
        `${maps(ns)}?fieldManager=me`,
        configMap('a', { labels: { of: 'mine' } }),
      );
      expect(owners(body)).toEqual([
        [
          'me',
          'Update',
          { 'f:data': { '.': {}, 'f:key': {} }, 'f:metadata': { 'f:labels': { '.': {}, 'f:of': {} } } },
        ],
      ]);
    });

    it('containers are owned by name, and an applied one joins those of others', async (api) => {
      const ns = await api.namespace();
      const given = deployment('a', { paused: true });
      await api.post(`${deployments(ns)}?fieldManager=me`, given);
      const { status, body } = await api.patch('apply', `${deployments(ns)}/a?fieldManager=side`, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a' },
        spec: { template: { spec: { containers: [{ name: 'side', image: 'side:1' }] } } },
      });
      expect(status).toBe(200);
      expect(body.spec.template.spec.containers.map((one: Parsed) => one.name)).toEqual(['main', 'side']);
      const entry = body.metadata.managedFields.find((one: Parsed) => one.manager === 'side');
      expect(entry.fieldsV1).toEqual({
        'f:spec': {
          'f:template': {
            'f:spec': { 'f:containers': { 'k:{"name":"side"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
          },
        },
      });
    });

    it('a status is owned apart from the rest', async (api) => {
      const ns = await api.namespace();
      await api.post(`${deployments(ns)}?fieldManager=me`, deployment('a', { paused: true }));
      const { body } = await api.patch('merge', `${deployments(ns)}/a/status?fieldManager=watcher`, {
        status: { replicas: 0, observedGeneration: 7 },
      });
      const entry = body.metadata.managedFields.find((one: Parsed) => one.manager === 'watcher');
      expect(entry).toMatchObject({
        operation: 'Update',
        subresource: 'status',
        fieldsV1: { 'f:status': { 'f:observedGeneration': {} } },
      });
    });

    it('an apply without a manager, of another kind, with managedFields or with unknown fields is refused', async (api) => {
      const ns = await api.namespace();
      const path = `${maps(ns)}/a?fieldManager=me`;
      const given = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
      expect(refusal(await api.patch('apply', `${maps(ns)}/a`, given))).toEqual([422, 'Invalid']);
      expect(refusal(await api.patch('apply', path, { ...given, kind: undefined }))).toEqual([
        400,
        'BadRequest',
      ]);
      const managed = { ...given, metadata: { name: 'a', managedFields: [] } };
      expect((await api.patch('apply', path, managed)).body.message).toBe(
        'metadata.managedFields must be nil',
      );
      const unknown = await api.patch('apply', path, { ...given, dta: {} });
      expect([unknown.status, unknown.body.message]).toEqual([
        500,
        'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .dta: field not declared in schema',
      ]);
    });
  },
};
