import { expect } from 'vitest';
import { refusal } from '../behaviour.js';
import type { Area, Parsed } from '../behaviour.js';
import { configMap, maps, pod, pods, unique } from '../objects.js';

const names = (body: Parsed): string[] => body.items.map((item: Parsed) => item.metadata.name);
const partial = { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' };
const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

export const reads: Area = {
  area: 'reads',
  behaviours: (it) => {
    it('a list is sorted by name, carries its own resourceVersion, and its items carry no kind', async (api) => {
      const ns = await api.namespace();
      for (const name of ['b', 'c', 'a']) await api.post(pods(ns), pod(name));
      const { body } = await api.get(pods(ns));
      expect([body.kind, body.apiVersion, names(body)]).toEqual(['PodList', 'v1', ['a', 'b', 'c']]);
      expect(Number(body.metadata.resourceVersion)).toBeGreaterThanOrEqual(
        Math.max(...body.items.map((item: Parsed) => Number(item.metadata.resourceVersion))),
      );
      expect(body.items[0].kind).toBeUndefined();
    });

    it('pages of one list show one moment, whatever is written meanwhile', async (api) => {
      const ns = await api.namespace();
      for (const name of ['a', 'b', 'c', 'd'])
        await api.post(maps(ns), configMap(name, { labels: { of: ns } }));
      const query = `${maps(ns)}?limit=2&labelSelector=of%3D${ns}`;
      let page = await api.get(query);
      const revision = page.body.metadata.resourceVersion;
      expect(names(page.body)).toEqual(['a', 'b']);
      await api.delete(`${maps(ns)}/c`);
      await api.post(maps(ns), configMap('bb', { labels: { of: ns } }));
      const rest: string[] = [];
      while (page.body.metadata.continue !== undefined) {
        page = await api.get(`${query}&continue=${encodeURIComponent(String(page.body.metadata.continue))}`);
        expect(page.body.metadata.resourceVersion).toBe(revision);
        rest.push(...names(page.body));
      }
      expect(rest).toEqual(['c', 'd']);
    });

    it('a selector may leave a last page empty', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a', { metadata: { labels: { of: ns } } }));
      await api.post(pods(ns), pod('b'));
      const query = `${pods(ns)}?limit=1&labelSelector=of%3D${ns}`;
      const first = await api.get(query);
      expect(names(first.body)).toEqual(['a']);
      const second = await api.get(
        `${query}&continue=${encodeURIComponent(String(first.body.metadata.continue))}`,
      );
      expect([names(second.body), second.body.metadata.continue]).toEqual([[], undefined]);
    });

    it('a page says how many remain, unless a selector hides it', async (api) => {
      const ns = await api.namespace();
      for (const name of ['a', 'b', 'c']) await api.post(pods(ns), pod(name));
      expect((await api.get(`${pods(ns)}?limit=1`)).body.metadata.remainingItemCount).toBe(2);
      const selected = await api.get(`${pods(ns)}?limit=1&fieldSelector=status.phase%3DPending`);
      expect(selected.body.metadata.continue).toMatch(/./);
      expect(selected.body.metadata.remainingItemCount).toBeUndefined();
    });

    it('a continue token that is none is refused with 400', async (api) => {
      expect(refusal(await api.get('/api/v1/namespaces?limit=1&continue=abc'))).toEqual([400, 'BadRequest']);
    });

    it('a list of an exact revision shows what was', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a'));
      const then = String((await api.get(pods(ns))).body.metadata.resourceVersion);
      await api.post(pods(ns), pod('b'));
      const { body } = await api.get(`${pods(ns)}?resourceVersion=${then}&resourceVersionMatch=Exact`);
      expect([names(body), body.metadata.resourceVersion]).toEqual([['a'], then]);
      const newer = await api.get(`${pods(ns)}?resourceVersion=${then}&resourceVersionMatch=NotOlderThan`);
      expect(names(newer.body)).toEqual(['a', 'b']);
    });

    it('a revision in the future is refused with 504, to be tried again in a second', async (api) => {
      const answer = await api.get('/api/v1/namespaces?resourceVersion=99999999');
      expect(refusal(answer)).toEqual([504, 'Timeout']);
      expect(answer.headers['retry-after']).toBe('1');
      expect(answer.body.details.causes[0].reason).toBe('ResourceVersionTooLarge');
    });

    it('resourceVersionMatch without a resourceVersion is refused with 422', async (api) => {
      expect(refusal(await api.get('/api/v1/namespaces?resourceVersionMatch=Exact'))).toEqual([
        422,
        'Invalid',
      ]);
    });

    it('label selectors select by equality, sets and existence', async (api) => {
      const ns = await api.namespace();
      await api.post(maps(ns), configMap('a', { labels: { of: ns, app: 'x' } }));
      await api.post(maps(ns), configMap('b', { labels: { of: ns, app: 'y', extra: '' } }));
      await api.post(maps(ns), configMap('c', { labels: { of: ns } }));
      const select = async (selector: string) =>
        names(
          (await api.get(`${maps(ns)}?labelSelector=${encodeURIComponent(`of=${ns},${selector}`)}`)).body,
        );
      expect(await select('app=x')).toEqual(['a']);
      expect(await select('app!=x')).toEqual(['b', 'c']);
      expect(await select('app in (x, y)')).toEqual(['a', 'b']);
      expect(await select('app notin (x)')).toEqual(['b', 'c']);
      expect(await select('extra')).toEqual(['b']);
      expect(await select('!app')).toEqual(['c']);
      expect(refusal(await api.get(`${maps(ns)}?labelSelector=a%3D%3Db%3D%3Dc`))).toEqual([
        400,
        'BadRequest',
      ]);
    });

    it('field selectors select Pods by node, scheduler, phase and name, and refuse other fields', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a', { spec: { schedulerName: 'tidegate-scheduler' } }));
      await api.post(pods(ns), pod('b', { spec: { nodeName: 'vn-1' } }));
      const select = async (selector: string) =>
        names((await api.get(`${pods(ns)}?fieldSelector=${encodeURIComponent(selector)}`)).body);
      expect(await select('spec.schedulerName=tidegate-scheduler,spec.nodeName=')).toEqual(['a']);
      expect(await select('spec.nodeName=vn-1')).toEqual(['b']);
      expect(await select('spec.nodeName!=vn-1')).toEqual(['a']);
      expect(await select('status.phase=Pending')).toEqual(['a', 'b']);
      expect(await select('metadata.name=b')).toEqual(['b']);
      expect(await select('spec.restartPolicy=Never')).toEqual([]);
      const answer = await api.get(`${pods(ns)}?fieldSelector=spec.hostname%3Da`);
      expect(refusal(answer)).toEqual([400, 'BadRequest']);
      expect(answer.body.message).toBe('field label not supported: spec.hostname');
    });

    it('a collection of all namespaces can be narrowed to one by metadata.namespace', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a'));
      const { body } = await api.get(`/api/v1/pods?fieldSelector=metadata.namespace%3D${ns}`);
      expect(names(body)).toEqual(['a']);
    });

    it('as=PartialObjectMetadata shows the metadata alone', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a', { metadata: { labels: { app: 'x' } } }));
      const { body } = await api.get(pods(ns), partial);
      expect([body.kind, body.apiVersion]).toEqual(['PartialObjectMetadataList', 'meta.k8s.io/v1']);
      expect(body.items[0]).toMatchObject({
        kind: 'PartialObjectMetadata',
        metadata: { labels: { app: 'x' } },
      });
      expect(body.items[0].spec).toBeUndefined();
    });

    it('as=Table shows rows for people', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a'));
      const { body } = await api.get(pods(ns), table);
      expect([body.kind, body.apiVersion]).toEqual(['Table', 'meta.k8s.io/v1']);
      const titles = body.columnDefinitions.map((column: Parsed) => column.name);
      expect(titles.slice(0, 5)).toEqual(['Name', 'Ready', 'Status', 'Restarts', 'Age']);
      expect(body.rows[0].cells.slice(0, 4)).toEqual(['a', '0/1', 'Pending', '0']);
      expect(body.rows[0].object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'a' } });
    });

    it('discovery lists groups, versions, kinds, verbs and subresources, in both its forms', async (api) => {
      const legacy = await api.get('/apis/batch/v1');
      const jobs = legacy.body.resources.find((one: Parsed) => one.name === 'jobs');
      expect(jobs).toMatchObject({ kind: 'Job', namespaced: true, singularName: 'job' });
      expect([...jobs.verbs].sort()).toEqual([
        'create',
        'delete',
        'deletecollection',
        'get',
        'list',
        'patch',
        'update',
        'watch',
      ]);
      expect(legacy.body.resources.map((one: Parsed) => one.name)).toContain('jobs/status');
      const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
      const { body } = await api.get('/api', { accept });
      const core = body.items[0].versions[0].resources.find((one: Parsed) => one.resource === 'pods');
      expect(core).toMatchObject({ responseKind: { kind: 'Pod' }, scope: 'Namespaced', shortNames: ['po'] });
      expect(core.subresources.map((one: Parsed) => one.subresource)).toEqual(
        expect.arrayContaining(['binding', 'eviction', 'status']),
      );
    });

    it('both event APIs show the same events', async (api) => {
      const ns = await api.namespace();
      const name = unique('told');
      await api.post(`/api/v1/namespaces/${ns}/events`, {
        metadata: { name },
        involvedObject: { kind: 'Pod', name: 'a', namespace: ns },
        reason: 'Because',
        message: 'told',
        count: 2,
        firstTimestamp: '2026-01-01T00:00:00Z',
      });
      const { body } = await api.get(`/apis/events.k8s.io/v1/namespaces/${ns}/events/${name}`);
      expect(body).toMatchObject({
        apiVersion: 'events.k8s.io/v1',
        regarding: { kind: 'Pod', name: 'a' },
        reason: 'Because',
        note: 'told',
        deprecatedCount: 2,
        deprecatedFirstTimestamp: '2026-01-01T00:00:00Z',
      });
      const list = await api.get(`/api/v1/namespaces/${ns}/events?fieldSelector=involvedObject.name%3Da`);
      expect(names(list.body)).toEqual([name]);
    });

    it(
      'a list of what etcd no longer knows is refused with 410, and its token can be exchanged',
      async (api) => {
        const ns = await api.namespace();
        for (const name of ['a', 'b', 'c']) await api.post(pods(ns), pod(name));
        const first = await api.get(`${pods(ns)}?limit=1`);
        const then = String(first.body.metadata.resourceVersion);
        await api.post(pods(ns), pod('d'));
        await api.cluster.forget?.();
        const token = encodeURIComponent(String(first.body.metadata.continue));
        const answer = await api.get(`${pods(ns)}?limit=1&continue=${token}`);
        expect(refusal(answer)).toEqual([410, 'Expired']);
        const next = encodeURIComponent(String(answer.body.metadata.continue));
        const rest = await api.get(`${pods(ns)}?continue=${next}`);
        expect(names(rest.body)).toEqual(['b', 'c', 'd']);
        const exact = await api.get(`${pods(ns)}?resourceVersion=${then}&resourceVersionMatch=Exact`);
        expect(refusal(exact)).toEqual([410, 'Expired']);
        const [event] = await api.events(`${pods(ns)}?resourceVersion=${then}`, { count: 1 });
        expect(event).toMatchObject({
          type: 'ERROR',
          object: { kind: 'Status', code: 410, reason: 'Expired' },
        });
      },
      'forget',
    );
  },
};
