import { describe, expect, it } from 'vitest';
import { locate } from '../../../src/doctor/locate.js';
import { object } from '../../support/doctor.js';

const configuration = (...services: readonly object[]) =>
  object({ metadata: {}, webhooks: services.map((service) => ({ clientConfig: { service } })) });

const where = async (found: ReturnType<typeof object> | Error | undefined, namespace?: string) => {
  const get = () => (found instanceof Error ? Promise.reject(found) : Promise.resolve(found));
  return (await locate({ get }, { release: 'tidegate', namespace })).namespace;
};

describe('the namespace of a release', () => {
  it('is the one that is said', async () => {
    expect(await where(configuration({ namespace: 'gate' }), 'mine')).toBe('mine');
  });

  it('is where its webhook configuration leads', async () => {
    expect(await where(configuration({}, { namespace: 'gate' }))).toBe('gate');
  });

  it.each([
    ['there is none', undefined],
    ['it says nothing', configuration({})],
    ['nobody can be asked', new Error('no')],
  ])('is the usual one where %s', async (_, found) => {
    expect(await where(found)).toBe('tidegate-system');
  });
});
