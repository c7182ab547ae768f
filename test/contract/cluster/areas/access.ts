import { expect } from 'vitest';
import { refusal, unique, type Area } from '../behaviour.js';

const group = '/apis/authorization.k8s.io/v1';
const reviews = `${group}/subjectaccessreviews`;
const selfReviews = `${group}/selfsubjectaccessreviews`;
const resourceAttributes = { verb: 'list', resource: 'pods' };

/** Nobody has given it anything. */
const nobody = () => `system:serviceaccount:nowhere:${unique('nobody')}`;

export const accessReviews: Area = {
  area: 'access reviews',
  behaviours: (it) => {
    it('a SubjectAccessReview tells what somebody else may not do, and is not stored', async (api) => {
      const user = nobody();
      const { status, body } = await api.post(reviews, {
        spec: { user, resourceAttributes },
        status: { allowed: true, reason: 'mine' },
      });
      expect(status).toBe(201);
      expect(body).toMatchObject({ kind: 'SubjectAccessReview', spec: { user, resourceAttributes } });
      expect(body.status).toEqual({ allowed: false });
      expect((await api.get(reviews)).status).toBe(405);
    });

    it('a SubjectAccessReview of a kind that is not there is answered as well', async (api) => {
      const unknown = { ...resourceAttributes, resource: 'nothings', group: 'none.example.com' };
      const { body } = await api.post(reviews, {
        spec: { user: nobody(), resourceAttributes: unknown },
      });
      expect(body.status).toEqual({ allowed: false });
    });

    it('a SelfSubjectAccessReview tells what its user may do', async (api) => {
      const { status, body } = await api.post(selfReviews, { spec: { resourceAttributes } });
      expect([status, body.status.allowed]).toEqual([201, true]);
    });

    it('a SubjectAccessReview says who and what, and of what only one thing', async (api) => {
      const complaints = async (path: string, spec: object, metadata = {}) => {
        const answer = await api.post(path, { metadata, spec });
        expect(refusal(answer)).toEqual([422, 'Invalid']);
        return answer.body.message as string;
      };
      const prefix = '.authorization.k8s.io "" is invalid: ';
      const user = nobody();
      expect(await complaints(reviews, { resourceAttributes })).toBe(
        `${prefix}spec.user: Invalid value: "": at least one of user or group must be specified`,
      );
      const one = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
      const which = `${prefix}spec.resourceAttributes: Invalid value: null: ${one}`;
      expect(await complaints(reviews, { user })).toBe(which);
      expect(await complaints(selfReviews, {})).toBe(which);
      const both = { resourceAttributes, nonResourceAttributes: { path: '/x', verb: 'get' } };
      expect(await complaints(reviews, { user, ...both })).toBe(
        `${prefix}spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":"get"}: cannot be specified in combination with resourceAttributes`,
      );
      expect(await complaints(selfReviews, { resourceAttributes }, { name: 'x' })).toContain('must be empty');
    });
  },
};
