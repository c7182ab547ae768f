import { describe, expect, it } from 'vitest';
import { refusedOf, serviceAccount, textOf } from '../../../src/doctor/access.js';
import type { DoctorClient } from '../../../src/doctor/reader.js';
import type { Json } from '../../../src/objects/json.js';

const wanted = [
  { verb: 'list', group: '', resource: 'pods' },
  { verb: 'patch', group: 'tidegate.io', resource: 'virtualnodepolicies/status' },
  { verb: 'get', group: '', resource: 'secrets', namespace: 'x', name: 'a' },
];

/** Answers every review by `allows`, and keeps what it was asked. */
function reviewer(allows: (body: string) => boolean) {
  const asked: { readonly plural: string; readonly body: Json }[] = [];
  const client: Pick<DoctorClient, 'create'> = {
    create: ({ plural }, _, body) => {
      asked.push({ plural, body });
      return Promise.resolve({ metadata: {}, status: { allowed: allows(JSON.stringify(body)) } });
    },
  };
  return { client, asked };
}

describe('what somebody may not do', () => {
  it('is asked of a service account with its groups, a subresource apart', async () => {
    const { client, asked } = reviewer((body) => !body.includes('status'));
    const refused = await refusedOf(client, serviceAccount('gate', 'webhook'), wanted);
    expect(refused.map(textOf)).toEqual(['patch virtualnodepolicies.tidegate.io/status']);
    expect(asked[1]).toEqual({
      plural: 'subjectaccessreviews',
      body: {
        spec: {
          user: 'system:serviceaccount:gate:webhook',
          groups: ['system:serviceaccounts', 'system:serviceaccounts:gate', 'system:authenticated'],
          resourceAttributes: {
            verb: 'patch',
            group: 'tidegate.io',
            resource: 'virtualnodepolicies',
            subresource: 'status',
          },
        },
      },
    });
  });

  it('is asked for oneself without a name', async () => {
    const { client, asked } = reviewer(() => false);
    const refused = await refusedOf(client, undefined, wanted.slice(2));
    expect(refused.map(textOf)).toEqual(['get secrets "a" in x']);
    expect(asked).toMatchObject([
      { plural: 'selfsubjectaccessreviews', body: { spec: { resourceAttributes: { namespace: 'x' } } } },
    ]);
    expect(JSON.stringify(asked)).not.toContain('user');
  });

  it('is all of it where nothing is said', async () => {
    const client = { create: () => Promise.resolve({ metadata: {} }) };
    expect(await refusedOf(client, undefined, wanted)).toEqual(wanted);
  });
});
