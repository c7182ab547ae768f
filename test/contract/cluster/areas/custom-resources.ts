import { expect } from 'vitest';
import { policyDocument } from '../../../support/policy.js';
import { eventually, refusal } from '../behaviour.js';
import type { Area } from '../behaviour.js';
import { define, definePolicies, definitions, policies, served } from '../definitions.js';
import { unique } from '../objects.js';

/** A definition of its own, so that nothing hangs on what another behaviour did. */
function widgets() {
  const singular = unique('widget');
  const [group, plural] = ['contract.tidegate.io', `${singular}s`];
  const spec = {
    type: 'object',
    required: ['size'],
    properties: {
      size: { type: 'integer', minimum: 1, maximum: 9 },
      colour: { type: 'string', default: 'red', enum: ['red', 'blue'] },
      tags: { type: 'array', maxItems: 2, items: { type: 'string', pattern: '^[a-z]+$' } },
      loud: { type: 'boolean', default: false },
      low: { type: 'integer' },
      high: { type: 'integer' },
      marks: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
      parts: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
      },
    },
    'x-kubernetes-validations': [
      {
        rule: '!has(self.low) || !has(self.high) || self.low <= self.high',
        message: 'low must not pass high',
      },
    ],
  };
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    subresources: { status: {} },
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: { spec, status: { type: 'object', properties: { ready: { type: 'boolean' } } } },
      },
    },
  };
  return {
    path: `/apis/${group}/v1/${plural}`,
    kind: { apiVersion: `${group}/v1`, kind: 'Widget' },
    definition: {
      metadata: { name: `${plural}.${group}` },
      spec: { group, scope: 'Cluster', names: { kind: 'Widget', plural, singular }, versions: [version] },
    },
  };
}

export const customResources: Area = {
  area: 'custom resources',
  behaviours: (it) => {
    it('a definition is established by itself, and what it defines is served, found and watched', async (api) => {
      const { path, kind, definition } = widgets();
      await define(api, definition);
      await served(api, path);
      const { body } = await api.post(path, { ...kind, metadata: { name: 'a' }, spec: { size: 1 } });
      expect(body).toMatchObject({ ...kind, metadata: { name: 'a', generation: 1 }, spec: { size: 1 } });
      const list = await api.get(path);
      expect(list.body).toMatchObject({ kind: 'WidgetList', items: [{ ...kind }] });
      await api.delete(`${definitions}/${definition.metadata.name}`);
    });

    it('defaults are put in, and unknown fields are left out with a warning', async (api) => {
      const { path, kind, definition } = widgets();
      await define(api, definition);
      await served(api, path);
      const spec = { size: 1, weight: 3 };
      const { body, headers } = await api.post(`${path}?fieldValidation=Warn`, {
        ...kind,
        metadata: { name: 'a' },
        spec,
      });
      expect(body.spec).toEqual({ size: 1, colour: 'red', loud: false });
      expect(String(headers['warning'])).toContain('unknown field \\"spec.weight\\"');
      const strict = await api.post(`${path}?fieldValidation=Strict`, {
        ...kind,
        metadata: { name: 'b' },
        spec,
      });
      expect(refusal(strict)).toEqual([400, 'BadRequest']);
      await api.delete(`${definitions}/${definition.metadata.name}`);
    });

    it('what its schema and its rules forbid is refused with 422, all of it at once', async (api) => {
      const { path, kind, definition } = widgets();
      await define(api, definition);
      await served(api, path);
      const create = (spec: object) => api.post(path, { ...kind, metadata: { name: 'a' }, spec });
      const many = await create({ size: 10, colour: 'green', tags: ['A'] });
      expect(refusal(many)).toEqual([422, 'Invalid']);
      expect(many.body.message).toContain(
        'spec.size: Invalid value: 10: spec.size in body should be less than or equal to 9',
      );
      expect(many.body.message).toContain(
        'spec.colour: Unsupported value: "green": supported values: "red", "blue"',
      );
      expect(many.body.message).toContain("spec.tags[0] in body should match '^[a-z]+$'");
      expect((await create({})).body.message).toContain('spec.size: Required value');
      expect((await create({ size: 1, tags: ['a', 'b', 'c'] })).body.message).toContain(
        'spec.tags: Too many',
      );
      const rule = await create({ size: 1, low: 2, high: 1 });
      expect(refusal(rule)).toEqual([422, 'Invalid']);
      expect(rule.body.message).toContain('low must not pass high');
      await api.delete(`${definitions}/${definition.metadata.name}`);
    });

    it('status is written by its subresource alone, and counts for no generation', async (api) => {
      const { path, kind, definition } = widgets();
      await define(api, definition);
      await served(api, path);
      await api.post(path, { ...kind, metadata: { name: 'a' }, spec: { size: 1 }, status: { ready: true } });
      expect((await api.get(`${path}/a`)).body.status).toBeUndefined();
      const patched = await api.patch('merge', `${path}/a/status`, {
        metadata: { labels: { a: 'b' } },
        spec: { size: 2 },
        status: { ready: true },
      });
      expect(patched.body).toMatchObject({ spec: { size: 1 }, status: { ready: true } });
      expect(patched.body.metadata.generation).toBe(1);
      expect(patched.body.metadata.labels).toBeUndefined();
      const changed = await api.patch('merge', `${path}/a`, { spec: { size: 2 } });
      expect(changed.body.metadata.generation).toBe(2);
      await api.delete(`${definitions}/${definition.metadata.name}`);
    });

    it('what was stored by an older definition stays: only what is changed has to please the new one', async (api) => {
      const { path, kind, definition } = widgets();
      await define(api, definition);
      await served(api, path);
      await api.post(path, {
        ...kind,
        metadata: { name: 'a' },
        spec: { size: 7, low: 2, high: 3, tags: ['a'] },
      });
      const schema = structuredClone(definition.spec.versions[0]!);
      const { spec } = schema.schema.openAPIV3Schema.properties;
      spec.properties.size.maximum = 5;
      spec.properties.tags.items.pattern = '^[b-z]+$';
      spec['x-kubernetes-validations'].push({ rule: 'self.size < 6', message: 'size must be below 6' });
      await api.patch('merge', `${definitions}/${definition.metadata.name}`, {
        spec: { versions: [schema] },
      });
      await eventually('the new one to be in force', async () => {
        const { status } = await api.post(`${path}?dryRun=All`, {
          ...kind,
          metadata: { name: 'b' },
          spec: { size: 7 },
        });
        return status === 422 ? true : undefined;
      });
      const change = (body: object, sub = '') => api.patch('merge', `${path}/a${sub}`, body);
      expect((await change({ metadata: { labels: { a: 'b' } } })).status).toBe(200);
      expect((await change({ status: { ready: true } }, '/status')).status).toBe(200);
      const beside = await change({ spec: { low: 1 } });
      expect(refusal(beside)).toEqual([422, 'Invalid']);
      expect(beside.body.details.causes.map(({ field }: { field: string }) => field)).toEqual(['spec']);
      const changed = await change({ spec: { size: 8, tags: ['a', 'a'] } });
      const fields = changed.body.details.causes.map(({ field }: { field: string }) => field);
      expect(fields.sort()).toEqual(['spec', 'spec.size', 'spec.tags[0]', 'spec.tags[1]']);
      await api.delete(`${definitions}/${definition.metadata.name}`);
    });

    it('no item of a map or a set stands there twice', async (api) => {
      const { path, kind, definition } = widgets();
      await define(api, definition);
      await served(api, path);
      const parts = [{ name: 'a' }, { name: 'b' }, { name: 'a' }];
      const { body } = await api.post(path, {
        ...kind,
        metadata: { name: 'a' },
        spec: { size: 1, parts, marks: ['x', 'x'] },
      });
      const causes = body.details.causes.map(
        ({ field, message }: { field: string; message: string }) => `${field}: ${message}`,
      );
      expect(causes.sort()).toEqual([
        'spec.marks[1]: Duplicate value: "x"',
        'spec.parts[2]: Duplicate value: {"name":"a"}',
      ]);
      await api.delete(`${definitions}/${definition.metadata.name}`);
    });

    it('a member of a wrong type is refused with 422, and rules are not asked then', async (api) => {
      const { path, kind, definition } = widgets();
      await define(api, definition);
      await served(api, path);
      const { status, body } = await api.post(path, {
        ...kind,
        metadata: { name: 'a' },
        spec: { size: 'big', low: 2, high: 1 },
      });
      expect(status).toBe(422);
      expect(body.details.causes).toEqual([
        {
          reason: 'FieldValueTypeInvalid',
          message: 'Invalid value: "string": spec.size in body must be of type integer: "string"',
          field: 'spec.size',
        },
        {
          reason: 'FieldValueInvalid',
          message:
            'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
          field: '<nil>',
        },
      ]);
      await api.delete(`${definitions}/${definition.metadata.name}`);
    });

    it('what a definition defined goes with it', async (api) => {
      const { path, kind, definition } = widgets();
      await define(api, definition);
      await served(api, path);
      await api.post(path, { ...kind, metadata: { name: 'a' }, spec: { size: 1 } });
      await api.delete(`${definitions}/${definition.metadata.name}`);
      await eventually('it is gone', async () => ((await api.get(path)).status === 404 ? true : undefined));
    });

    it('the definition of VirtualNodePolicy is accepted, and so is the least policy', async (api) => {
      await definePolicies(api);
      const placement = { type: 'VirtualOnly', providers: [{ name: 'kwok' }] };
      const policy = {
        apiVersion: 'tidegate.io/v1alpha1',
        kind: 'VirtualNodePolicy',
        metadata: { name: unique('p') },
      };
      const { status, body } = await api.post(policies, { ...policy, spec: { placement } });
      expect([status, body.message]).toEqual([201, undefined]);
      const bad = await api.post(policies, { ...policy, metadata: { name: unique('p') }, spec: {} });
      expect(refusal(bad)).toEqual([422, 'Invalid']);
      expect(bad.body.message).toContain('spec.placement: Required value');
    });

    it('kubectl get vnp shows how a policy stands, and with -o wide why', async (api) => {
      await definePolicies(api);
      const name = unique('p');
      await api.post(policies, policyDocument(name, { mode: 'Observe', priority: 7 }));
      const condition = (type: string, status: string, reason: string) => ({
        type,
        status,
        reason,
        message: '',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      });
      const status = {
        conditions: [condition('Accepted', 'True', 'Valid'), condition('Active', 'False', 'Observing')],
        workloads: { placed: 3, missed: 2, outdated: 1, leftAlone: 4 },
      };
      await api.patch('merge', `${policies}/${name}/status`, { status });
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
      const { body } = await api.get(`${policies}/${name}`, { accept });
      const columns = body.columnDefinitions as readonly { name: string; priority: number }[];
      const row = Object.fromEntries(columns.map((column, i) => [column.name, body.rows[0].cells[i]]));
      expect(columns.filter(({ priority }) => priority === 0).map((column) => column.name)).toEqual([
        'Name',
        'Mode',
        'Priority',
        'Placement',
        'Accepted',
        'Active',
        'Placed',
        'Missed',
        'Age',
      ]);
      expect(row).toMatchObject({
        Name: name,
        Mode: 'Observe',
        Priority: 7,
        Placement: 'VirtualOnly',
        Accepted: 'True',
        Active: 'False',
        Because: 'Observing',
        Placed: 3,
        Missed: 2,
        Outdated: 1,
        'Left-Alone': 4,
        Logs: null,
      });
      await api.delete(`${policies}/${name}`);
    });
  },
};
