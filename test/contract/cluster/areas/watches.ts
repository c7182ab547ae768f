import { expect } from 'vitest';
import { refusal } from '../behaviour.js';
import type { Api, Area, Parsed } from '../behaviour.js';
import { configMap, maps, pod, pods } from '../objects.js';

const short = (events: Parsed[]): unknown[] => events.map(({ type, object }) => [type, object.metadata.name]);
const own = (ns: string): string => `labelSelector=of%3D${ns}`;

async function revision(api: Api, path: string): Promise<string> {
  return String((await api.get(path)).body.metadata.resourceVersion);
}

export const watches: Area = {
  area: 'watches',
  behaviours: (it) => {
    it('without a resourceVersion, or with 0, a watch begins with what is there', async (api) => {
      const ns = await api.namespace();
      for (const name of ['b', 'a']) await api.post(pods(ns), pod(name));
      for (const query of ['', '?resourceVersion=0']) {
        expect(short(await api.events(`${pods(ns)}${query}`, { count: 2 }))).toEqual([
          ['ADDED', 'a'],
          ['ADDED', 'b'],
        ]);
      }
    });

    it('from a resourceVersion on, a watch shows every later change in order', async (api) => {
      const ns = await api.namespace();
      const since = await revision(api, pods(ns));
      await api.post(pods(ns), pod('a'));
      await api.patch('merge', `${pods(ns)}/a`, { metadata: { labels: { x: 'y' } } });
      await api.post(maps(ns), configMap('elsewhere'));
      await api.post(pods(ns), pod('b'));
      const events = await api.events(`${pods(ns)}?resourceVersion=${since}`, { count: 3, seconds: 3 });
      expect(short(events)).toEqual([
        ['ADDED', 'a'],
        ['MODIFIED', 'a'],
        ['ADDED', 'b'],
      ]);
      const revisions = events.map(({ object }) => Number(object.metadata.resourceVersion));
      expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
      expect(new Set(revisions).size).toBe(3);
    });

    it('a Pod that is on no node goes in two steps: marked, then gone', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(pods(ns), pod('a'));
      const gone = await api.delete(`${pods(ns)}/a`);
      expect([gone.status, gone.body.kind, gone.body.metadata.deletionGracePeriodSeconds]).toEqual([
        200,
        'Pod',
        0,
      ]);
      const since = String(body.metadata.resourceVersion);
      const [marked, last] = await api.events(`${pods(ns)}?resourceVersion=${since}`, { count: 2 });
      expect(marked).toMatchObject({
        type: 'MODIFIED',
        object: { metadata: { deletionGracePeriodSeconds: 0, generation: 2 } },
      });
      expect(last).toMatchObject({
        type: 'DELETED',
        object: { metadata: { deletionGracePeriodSeconds: 0, generation: 2 } },
      });
    });

    it('a cut watch resumes after the last event without a gap or a repeat', async (api) => {
      const ns = await api.namespace();
      const since = await revision(api, pods(ns));
      for (const name of ['a', 'b', 'c']) await api.post(pods(ns), pod(name));
      const [first] = await api.events(`${pods(ns)}?resourceVersion=${since}`, { count: 1 });
      const next = String(first.object.metadata.resourceVersion);
      expect(short(await api.events(`${pods(ns)}?resourceVersion=${next}`, { count: 2 }))).toEqual([
        ['ADDED', 'b'],
        ['ADDED', 'c'],
      ]);
    });

    it('what enters a selector is ADDED, what leaves it is DELETED as it last matched', async (api) => {
      const ns = await api.namespace();
      await api.post(maps(ns), configMap('a', { labels: { of: ns } }));
      await api.post(maps(ns), configMap('b', { labels: { of: 'other' } }));
      const since = await revision(api, maps(ns));
      const { body } = await api.patch('merge', `${maps(ns)}/a`, { metadata: { labels: { of: 'gone' } } });
      await api.patch('merge', `${maps(ns)}/b`, { metadata: { labels: { of: ns } } });
      await api.patch('merge', `${maps(ns)}/b`, { data: { key: 'new' } });
      const events = await api.events(`${maps(ns)}?${own(ns)}&resourceVersion=${since}`, { count: 3 });
      expect(short(events)).toEqual([
        ['DELETED', 'a'],
        ['ADDED', 'b'],
        ['MODIFIED', 'b'],
      ]);
      expect(events[0].object.metadata.labels).toEqual({ of: ns });
      expect(events[0].object.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
    });

    it('a Pod that is bound leaves the watch of the unbound as DELETED', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(pods(ns), pod('a'));
      await api.post(`${pods(ns)}/a/binding`, {
        metadata: { name: 'a' },
        target: { kind: 'Node', name: 'vn-1' },
      });
      const query = `fieldSelector=spec.nodeName%3D&resourceVersion=${String(body.metadata.resourceVersion)}`;
      expect(short(await api.events(`${pods(ns)}?${query}`, { count: 1 }))).toEqual([['DELETED', 'a']]);
    });

    it('a DELETED event carries the last state and the revision of the removal', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(maps(ns), configMap('a', { labels: { of: ns } }));
      const since = String(body.metadata.resourceVersion);
      await api.delete(`${maps(ns)}/a`);
      const [event] = await api.events(`${maps(ns)}?${own(ns)}&resourceVersion=${since}`, { count: 1 });
      expect(event).toMatchObject({ type: 'DELETED', object: { data: { key: 'value' } } });
      expect(Number(event.object.metadata.resourceVersion)).toBeGreaterThan(Number(since));
    });

    it('a watch ends by itself after timeoutSeconds', async (api) => {
      const ns = await api.namespace();
      const began = Date.now();
      expect(
        await api.events(`${pods(ns)}?resourceVersion=${await revision(api, pods(ns))}`, { seconds: 1 }),
      ).toEqual([]);
      expect(Date.now() - began).toBeGreaterThan(900);
      expect(Date.now() - began).toBeLessThan(5000);
    });

    it('a watch that takes bookmarks gets one before it ends, with the revision of what it saw or later', async (api) => {
      const ns = await api.namespace();
      const query = `${pods(ns)}?resourceVersion=${await revision(api, pods(ns))}`;
      const watching = api.events(`${query}&allowWatchBookmarks=true`, { seconds: 7 });
      const plain = api.events(query, { seconds: 7 });
      const { body } = await api.post(pods(ns), pod('a'));
      const events = await watching;
      expect(events[0].type).toBe('ADDED');
      const bookmark = events.at(-1);
      expect(bookmark).toMatchObject({ type: 'BOOKMARK', object: { kind: 'Pod', apiVersion: 'v1' } });
      expect(Number(bookmark.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(
        Number(body.metadata.resourceVersion),
      );
      expect(bookmark.object.metadata.name).toBeUndefined();
      expect((await plain).map(({ type }) => type)).toEqual(['ADDED']);
    });

    it('sendInitialEvents begins with what is there and marks its end by a bookmark', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a'));
      const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
      const events = await api.events(`${pods(ns)}?${query}`, { count: 2, seconds: 3 });
      expect(events.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK']);
      expect(events[1].object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    });

    it('sendInitialEvents without resourceVersionMatch=NotOlderThan is refused with 422', async (api) => {
      expect(refusal(await api.get('/api/v1/pods?watch=1&sendInitialEvents=true'))).toEqual([422, 'Invalid']);
      const alone = await api.get('/api/v1/pods?watch=1&resourceVersion=1&resourceVersionMatch=NotOlderThan');
      expect(refusal(alone)).toEqual([422, 'Invalid']);
    });

    it('a watch of metadata alone shows metadata alone', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a'));
      const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
      const [event] = await api.events(pods(ns), { count: 1, headers: { accept } });
      expect(event.object).toMatchObject({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' });
      expect(event.object.spec).toBeUndefined();
    });

    it('a watch as tables names the columns in its first event only', async (api) => {
      const ns = await api.namespace();
      for (const name of ['a', 'b']) await api.post(pods(ns), pod(name));
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
      const [first, second] = await api.events(pods(ns), { count: 2, headers: { accept } });
      expect(first.object.columnDefinitions[0].name).toBe('Name');
      expect(second.object).toMatchObject({ kind: 'Table', columnDefinitions: null });
      expect(second.object.rows[0].cells[0]).toBe('b');
    });

    it('a watch from a revision in the future waits; one from nonsense fails with 500', async (api) => {
      const ns = await api.namespace();
      expect(await api.events(`${pods(ns)}?resourceVersion=99999999`, { seconds: 1 })).toEqual([]);
      expect((await api.get(`${pods(ns)}?watch=1&resourceVersion=abc`)).status).toBe(500);
    });
  },
};
