import { expect } from 'vitest';
import { refusal } from '../behaviour.js';
import type { Area } from '../behaviour.js';
import { configMap, lease, leases, maps, pod, pods } from '../objects.js';

export const writes: Area = {
  area: 'writes',
  behaviours: (it) => {
    it('a new object gets a uid, a resourceVersion and the time of its creation', async (api) => {
      const ns = await api.namespace();
      const { status, body } = await api.post(
        maps(ns),
        configMap('a', { uid: 'mine', creationTimestamp: '2001-01-01T00:00:00Z' }),
      );
      expect(status).toBe(201);
      expect(body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
      expect(body.metadata.resourceVersion).toMatch(/^\d+$/);
      expect(Math.abs(Date.parse(String(body.metadata.creationTimestamp)) - Date.now())).toBeLessThan(60_000);
      expect(body.metadata.namespace).toBe(ns);
    });

    it('a name that is taken is refused with 409 AlreadyExists', async (api) => {
      const ns = await api.namespace();
      await api.post(maps(ns), configMap('a'));
      const again = await api.post(maps(ns), configMap('a'));
      expect(refusal(again)).toEqual([409, 'AlreadyExists']);
      expect(again.body).toMatchObject({
        message: 'configmaps "a" already exists',
        details: { name: 'a', kind: 'configmaps' },
      });
    });

    it('generateName is completed with five characters', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(maps(ns), { ...configMap(''), metadata: { generateName: 'run-' } });
      expect(body.metadata.name).toMatch(/^run-[a-z0-9]{5}$/);
    });

    it('a namespace that is not there is refused with 404', async (api) => {
      const answer = await api.post(maps('not-there'), configMap('a'));
      expect(refusal(answer)).toEqual([404, 'NotFound']);
      expect(answer.body.message).toBe('namespaces "not-there" not found');
    });

    it('an object of another namespace than the URL is refused with 400', async (api) => {
      const ns = await api.namespace();
      const answer = await api.post(maps(ns), configMap('a', { namespace: 'default' }));
      expect(refusal(answer)).toEqual([400, 'BadRequest']);
      expect(answer.body.message).toBe(
        'the namespace of the provided object does not match the namespace sent on the request',
      );
    });

    it('unknown fields are left out with a warning, and refused under fieldValidation=Strict', async (api) => {
      const ns = await api.namespace();
      const odd = { ...pod('a'), spec: { bar: 1, containers: [{ name: 'a', image: 'b', foo: 1 }] } };
      const warned = await api.post(`${pods(ns)}?dryRun=All`, odd);
      expect(warned.status).toBe(201);
      expect(String(warned.headers['warning'])).toContain('unknown field \\"spec.containers[0].foo\\"');
      expect(warned.body.spec.bar).toBeUndefined();
      const strict = await api.post(`${pods(ns)}?fieldValidation=Strict`, odd);
      expect(refusal(strict)).toEqual([400, 'BadRequest']);
      expect(strict.body.message).toContain('strict decoding error: ');
      expect(strict.body.message).toContain('unknown field "spec.bar"');
      const ignored = await api.post(`${pods(ns)}?fieldValidation=Ignore&dryRun=All`, odd);
      expect(ignored.headers['warning']).toBeUndefined();
    });

    it('a value of the wrong type is refused with 400 and the path', async (api) => {
      const ns = await api.namespace();
      const answer = await api.post(pods(ns), pod('a', { spec: { terminationGracePeriodSeconds: 'soon' } }));
      expect(refusal(answer)).toEqual([400, 'BadRequest']);
      expect(answer.body.message).toBe(
        'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64',
      );
    });

    it('an invalid object is refused with 422, every fault at once', async (api) => {
      const ns = await api.namespace();
      const answer = await api.post(
        pods(ns),
        pod('a', { metadata: { labels: { a: 'b c' } }, spec: { containers: [], restartPolicy: 'Maybe' } }),
      );
      expect(refusal(answer)).toEqual([422, 'Invalid']);
      expect(
        (answer.body.details.causes as { field: string; reason: string }[]).map((cause) => [
          cause.field,
          cause.reason,
        ]),
      ).toEqual([
        ['metadata.labels', 'FieldValueInvalid'],
        ['spec.containers', 'FieldValueRequired'],
        ['spec.restartPolicy', 'FieldValueNotSupported'],
      ]);
    });

    it('empty lists, empty maps and empty texts are not stored', async (api) => {
      const ns = await api.namespace();
      const spec = {
        nodeSelector: {},
        hostNetwork: false,
        initContainers: [],
        containers: [{ name: 'a', image: 'b', env: [{ name: 'A', value: '' }], ports: [] }],
      };
      const { body } = await api.post(pods(ns), pod('a', { metadata: { labels: {} }, spec }));
      expect(body.metadata.labels).toBeUndefined();
      for (const field of ['nodeSelector', 'hostNetwork', 'initContainers'])
        expect(body.spec[field]).toBeUndefined();
      expect(body.spec.containers[0].ports).toBeUndefined();
      expect(body.spec.containers[0].env).toEqual([{ name: 'A' }]);
    });

    it('quantities are stored in their canonical form', async (api) => {
      const ns = await api.namespace();
      const containers = [{ name: 'a', image: 'b', resources: { limits: { cpu: 0.5, memory: '1024Mi' } } }];
      const { body } = await api.post(pods(ns), pod('a', { spec: { containers } }));
      const expected = { cpu: '500m', memory: '1Gi' };
      expect(body.spec.containers[0].resources).toEqual({ limits: expected, requests: expected });
    });

    it('a dry run answers like the write and stores nothing', async (api) => {
      const ns = await api.namespace();
      const { status, body } = await api.post(`${maps(ns)}?dryRun=All`, configMap('a'));
      expect(status).toBe(201);
      expect(body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
      expect((await api.get(`${maps(ns)}/a`)).status).toBe(404);
      await api.post(maps(ns), configMap('a'));
      await api.patch('merge', `${maps(ns)}/a?dryRun=All`, { data: { key: 'other' } });
      await api.delete(`${maps(ns)}/a`, { dryRun: ['All'] });
      expect((await api.get(`${maps(ns)}/a`)).body.data).toEqual({ key: 'value' });
    });

    it('an update of an older resourceVersion is refused with 409 Conflict', async (api) => {
      const ns = await api.namespace();
      const { body: first } = await api.post(maps(ns), configMap('a'));
      await api.patch('merge', `${maps(ns)}/a`, { data: { key: 'other' } });
      const answer = await api.put(`${maps(ns)}/a`, first);
      expect(refusal(answer)).toEqual([409, 'Conflict']);
      expect(answer.body.message).toBe(
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
      );
    });

    it('an update without a resourceVersion overwrites', async (api) => {
      const ns = await api.namespace();
      await api.post(maps(ns), configMap('a'));
      await api.patch('merge', `${maps(ns)}/a`, { data: { key: 'other' } });
      const answer = await api.put(`${maps(ns)}/a`, configMap('a'));
      expect(answer.status).toBe(200);
      expect(answer.body.data).toEqual({ key: 'value' });
    });

    it('an update with another uid is refused with 409', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(maps(ns), configMap('a'));
      const answer = await api.put(`${maps(ns)}/a`, configMap('a', { uid: 'other' }));
      expect(refusal(answer)).toEqual([409, 'Conflict']);
      expect(answer.body.message).toContain(
        `Precondition failed: UID in precondition: other, UID in object meta: ${String(body.metadata.uid)}`,
      );
    });

    it('an update under another name than the URL is refused with 400', async (api) => {
      const ns = await api.namespace();
      await api.post(maps(ns), configMap('a'));
      const answer = await api.put(`${maps(ns)}/a`, configMap('b'));
      expect(refusal(answer)).toEqual([400, 'BadRequest']);
      expect(answer.body.message).toBe('the name of the object (b) does not match the name on the URL (a)');
    });

    it('an update that changes nothing keeps the resourceVersion', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(maps(ns), configMap('a'));
      const answer = await api.put(`${maps(ns)}/a`, configMap('a'));
      expect(answer.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
    });

    it('an update of what is not there is refused with 404', async (api) => {
      const ns = await api.namespace();
      expect(refusal(await api.put(`${maps(ns)}/a`, configMap('a')))).toEqual([404, 'NotFound']);
    });

    it('annotations of more than 256 KiB are refused with 422', async (api) => {
      const ns = await api.namespace();
      const answer = await api.post(maps(ns), configMap('a', { annotations: { long: 'x'.repeat(262_141) } }));
      expect(refusal(answer)).toEqual([422, 'Invalid']);
      expect(answer.body.message).toContain(
        'metadata.annotations: Too long: may not be more than 262144 bytes',
      );
    });

    it('a body of more than 3 MiB is refused with 413', async (api) => {
      const ns = await api.namespace();
      const answer = await api.post(maps(ns), { ...configMap('a'), data: { a: 'x'.repeat(3_200_000) } });
      expect(refusal(answer)).toEqual([413, 'RequestEntityTooLarge']);
    });

    it('a PUT to a Lease that is not there creates it', async (api) => {
      const ns = await api.namespace();
      expect((await api.put(`${leases(ns)}/a`, lease('a'))).status).toBe(201);
    });

    it('what the API server does not know is refused with 404, what it does not allow with 405', async (api) => {
      const ns = await api.namespace();
      expect(refusal(await api.get(`/api/v1/namespaces/${ns}/nothings`))).toEqual([404, 'NotFound']);
      expect((await api.get('/apis/nobody.example/v1/things')).body).toBe('404 page not found\n');
      expect(refusal(await api.put(maps(ns), configMap('a')))).toEqual([405, 'MethodNotAllowed']);
    });

    it('a body in an unknown format is refused with 415, an answer in one with 406', async (api) => {
      const ns = await api.namespace();
      expect(refusal(await api.post(maps(ns), '{}', { 'content-type': 'text/plain' }))).toEqual([
        415,
        'UnsupportedMediaType',
      ]);
      expect(refusal(await api.get(maps(ns), { accept: 'text/plain' }))).toEqual([406, 'NotAcceptable']);
    });
  },
};
