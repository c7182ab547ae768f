import { expect } from 'vitest';
import { faultyPolicies } from '../../../support/faulty-policies.js';
import { policyDocument } from '../../../support/policy.js';
import { refusal, unique, type Area, type Parsed } from '../behaviour.js';
import { definePolicies, policies } from '../definitions.js';

export const refusedPolicies: Area = {
  area: 'policies that the definition refuses',
  behaviours: (it) => {
    for (const { why, spec, field, says } of faultyPolicies) {
      it(`${why}: refused at ${field}`, async (api) => {
        await definePolicies(api);
        const answer = await api.post(policies, policyDocument(unique('p'), spec));
        expect(refusal(answer)).toEqual([422, 'Invalid']);
        const causes = answer.body.details.causes as Parsed[];
        const fields = causes.map((cause: Parsed) => cause.field as string);
        // Rules are not asked about what is not of the right form; the API server says so at no field.
        expect(fields.filter((one) => one !== '<nil>')).toEqual([field]);
        expect(causes[0].message).toContain(says);
      });
    }
  },
};
