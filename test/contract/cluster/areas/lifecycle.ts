import { expect } from 'vitest';
import { eventually, refusal } from '../behaviour.js';
import type { Api, Area } from '../behaviour.js';
import { configMap, lease, leases, maps, pod, pods, unique } from '../objects.js';

const stay = 'contract.tidegate.io/stay';
const gone = async (api: Api, path: string): Promise<true | undefined> =>
  (await api.get(path)).status === 404 ? true : undefined;

export const lifecycle: Area = {
  area: 'deletion, owners, namespaces and Leases',
  behaviours: (it) => {
    it('a delete with the right uid or resourceVersion goes through, with another it is refused with 409', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(maps(ns), configMap('a'));
      const { uid, resourceVersion } = body.metadata;
      const otherUid = await api.delete(`${maps(ns)}/a`, { preconditions: { uid: 'other' } });
      expect(refusal(otherUid)).toEqual([409, 'Conflict']);
      expect(otherUid.body.message).toBe(
        `Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (other) does not match the UID in record (${String(uid)}). The object might have been deleted and then recreated`,
      );
      const otherRevision = await api.delete(`${maps(ns)}/a`, { preconditions: { resourceVersion: '1' } });
      expect(refusal(otherRevision)).toEqual([409, 'Conflict']);
      const deleted = await api.delete(`${maps(ns)}/a`, { preconditions: { uid, resourceVersion } });
      expect(deleted.body).toMatchObject({
        kind: 'Status',
        status: 'Success',
        details: { name: 'a', kind: 'configmaps', uid },
      });
      expect(refusal(await api.delete(`${maps(ns)}/a`))).toEqual([404, 'NotFound']);
    });

    it('an object with finalizers stays until the last one is taken off', async (api) => {
      const ns = await api.namespace();
      await api.post(maps(ns), configMap('a', { finalizers: [stay] }));
      const { body } = await api.delete(`${maps(ns)}/a`);
      expect(body.metadata).toMatchObject({ deletionGracePeriodSeconds: 0, finalizers: [stay] });
      const more = await api.patch('merge', `${maps(ns)}/a`, {
        metadata: { finalizers: [stay, 'other.io/more'] },
      });
      expect(refusal(more)).toEqual([422, 'Invalid']);
      const back = await api.patch('merge', `${maps(ns)}/a`, { metadata: { deletionTimestamp: null } });
      expect(back.body.metadata.deletionTimestamp).toBe(body.metadata.deletionTimestamp);
      await api.patch('merge', `${maps(ns)}/a`, { metadata: { finalizers: null } });
      expect(await gone(api, `${maps(ns)}/a`)).toBe(true);
    });

    it('a deletecollection deletes what the selector selects', async (api) => {
      const ns = await api.namespace();
      for (const name of ['a', 'b']) await api.post(pods(ns), pod(name, { metadata: { labels: { name } } }));
      const { status } = await api.delete(`${pods(ns)}?labelSelector=name%3Da`);
      expect(status).toBe(200);
      expect(await gone(api, `${pods(ns)}/a`)).toBe(true);
      expect(await gone(api, `${pods(ns)}/b`)).toBeUndefined();
    });

    it('an invalid finalizer or two controllers among the owners are refused with 422', async (api) => {
      const ns = await api.namespace();
      const short = await api.post(maps(ns), configMap('a', { finalizers: ['short'] }));
      expect(short.body.message).toContain(
        'name is neither a standard finalizer name nor is it fully qualified',
      );
      const owner = (uid: string) => ({ apiVersion: 'v1', kind: 'Pod', name: 'a', uid, controller: true });
      const two = await api.post(maps(ns), configMap('a', { ownerReferences: [owner('b'), owner('c')] }));
      expect(two.body.message).toContain('Only one reference can have Controller set to true');
    });

    it(
      'dependents go after their owner with Background, before it with Foreground, and stay with Orphan',
      async (api) => {
        const ns = await api.namespace();
        for (const policy of ['Background', 'Foreground', 'Orphan']) {
          const name = policy.toLowerCase();
          const { body } = await api.post(maps(ns), configMap(name));
          const { uid } = body.metadata;
          const owner = { apiVersion: 'v1', kind: 'ConfigMap', name, uid, blockOwnerDeletion: true };
          await api.post(maps(ns), configMap(`${name}-child`, { ownerReferences: [owner] }));
          await api.delete(`${maps(ns)}/${name}`, { propagationPolicy: policy });
          await eventually(`${name} to go`, () => gone(api, `${maps(ns)}/${name}`));
        }
        for (const name of ['background', 'foreground']) {
          await eventually(`${name}-child to go`, () => gone(api, `${maps(ns)}/${name}-child`));
        }
        const { body } = await api.get(`${maps(ns)}/orphan-child`);
        expect(body.metadata.ownerReferences).toBeUndefined();
      },
      'controllers',
    );

    it(
      'an object whose owner never was is collected',
      async (api) => {
        const ns = await api.namespace();
        const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'nobody', uid: unique('uid') };
        await api.post(maps(ns), configMap('a', { ownerReferences: [owner] }));
        await eventually('the orphan to go', () => gone(api, `${maps(ns)}/a`));
      },
      'controllers',
    );

    it('a Namespace is labelled with its name and Active', async (api) => {
      const name = unique('ns');
      const { body } = await api.post('/api/v1/namespaces', { metadata: { name } });
      expect(body).toMatchObject({
        metadata: { labels: { 'kubernetes.io/metadata.name': name } },
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Active' },
      });
    });

    it('a Namespace that is deleted is Terminating and takes nothing new', async (api) => {
      const ns = await api.namespace();
      await api.post(maps(ns), configMap('a', { finalizers: [stay] }));
      const { body } = await api.delete(`/api/v1/namespaces/${ns}`);
      expect([body.kind, body.status.phase]).toEqual(['Namespace', 'Terminating']);
      const answer = await api.post(maps(ns), configMap('b'));
      expect(refusal(answer)).toEqual([403, 'Forbidden']);
      expect(answer.body.details.causes[0].reason).toBe('NamespaceTerminating');
      await api.patch('merge', `${maps(ns)}/a`, { metadata: { finalizers: null } });
    });

    it(
      'a Namespace that is deleted is emptied, and goes',
      async (api) => {
        const ns = await api.namespace();
        await api.post(maps(ns), configMap('a'));
        await api.post(pods(ns), pod('a'));
        await api.delete(`/api/v1/namespaces/${ns}`);
        await eventually('the namespace to go', () => gone(api, `/api/v1/namespaces/${ns}`));
        expect((await api.get(maps(ns))).body.items).toEqual([]);
      },
      'controllers',
    );

    it('default and kube-system may not be deleted', async (api) => {
      const answer = await api.delete('/api/v1/namespaces/default');
      expect(refusal(answer)).toEqual([403, 'Forbidden']);
      expect(answer.body.message).toBe(
        'namespaces "default" is forbidden: this namespace may not be deleted',
      );
    });

    it('a Lease takes times with six decimals, and no others', async (api) => {
      const ns = await api.namespace();
      const good = await api.post(
        leases(ns),
        lease('a', {
          holderIdentity: 'me',
          leaseDurationSeconds: 15,
          renewTime: '2026-01-01T00:00:00.000001Z',
          leaseTransitions: 0,
        }),
      );
      expect(good.body.spec).toEqual({
        holderIdentity: 'me',
        leaseDurationSeconds: 15,
        renewTime: '2026-01-01T00:00:00.000001Z',
        leaseTransitions: 0,
      });
      for (const renewTime of ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.123Z']) {
        expect(refusal(await api.post(leases(ns), lease('b', { renewTime })))).toEqual([400, 'BadRequest']);
      }
    });

    it('a Lease is replaced only with its current resourceVersion: 422 without one, 409 with an old one', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(leases(ns), lease('a', { holderIdentity: 'one' }));
      const { resourceVersion } = body.metadata;
      const path = `${leases(ns)}/a`;
      const without = await api.put(path, lease('a', { holderIdentity: 'two' }));
      expect(refusal(without)).toEqual([422, 'Invalid']);
      expect(without.body.message).toContain(
        'metadata.resourceVersion: Invalid value: 0: must be specified for an update',
      );
      const first = await api.put(path, lease('a', { holderIdentity: 'two' }, { resourceVersion }));
      expect(first.status).toBe(200);
      const second = await api.put(path, lease('a', { holderIdentity: 'three' }, { resourceVersion }));
      expect(refusal(second)).toEqual([409, 'Conflict']);
    });

    it('a Lease is released by an empty holder, which is kept', async (api) => {
      const ns = await api.namespace();
      await api.post(leases(ns), lease('a', { holderIdentity: 'me', leaseDurationSeconds: 15 }));
      const { body } = await api.patch('merge', `${leases(ns)}/a`, {
        spec: { holderIdentity: '', leaseDurationSeconds: 1 },
      });
      expect(body.spec).toEqual({ holderIdentity: '', leaseDurationSeconds: 1 });
      const zero = await api.patch('merge', `${leases(ns)}/a`, { spec: { leaseDurationSeconds: 0 } });
      expect(refusal(zero)).toEqual([422, 'Invalid']);
    });
  },
};
