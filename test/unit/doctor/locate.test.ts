import { describe, expect, it } from 'vitest';
import { locate, type Wanted } from '../../../src/doctor/locate.js';
import { KubeError } from '../../../src/kube/errors.js';
import type { KubeObject } from '../../../src/kube/object.js';
import { object } from '../../support/doctor.js';

const configuration = (name: string, namespace = 'gate', annotations = {}) =>
  object({
    metadata: { name, annotations },
    webhooks: [{ name: 'workloads.tidegate.io', clientConfig: { service: { namespace } } }],
  });
const foreign = object({ metadata: { name: 'tidegate' }, webhooks: [{ name: 'a.example.com' }] });

const find = async (items: readonly KubeObject[] | Error, wanted: Partial<Wanted> = {}) => {
  const list = () =>
    items instanceof Error
      ? Promise.reject(items)
      : Promise.resolve({ items, resourceVersion: '1', length: 1 });
  const { release, namespace, fullname } = await locate(
    { list },
    { release: undefined, namespace: undefined, ...wanted },
  );
  return [release, namespace, fullname];
};

describe('a release is found', () => {
  it('by its webhook configuration, and in the namespace where that leads', async () => {
    expect(await find([foreign, configuration('tidegate')])).toEqual(['tidegate', 'gate', 'tidegate']);
  });

  it('under another name where it is the only one, with what Helm calls it', async () => {
    const annotations = { 'meta.helm.sh/release-name': 'blue' };
    expect(await find([configuration('other', 'gate', annotations)])).toEqual(['blue', 'gate', 'other']);
    expect(await find([configuration('one'), configuration('two')])).toEqual([
      'tidegate',
      'tidegate-system',
      'tidegate',
    ]);
  });

  it('by the name that is said, in the namespace that is said', async () => {
    const both = [configuration('tidegate'), configuration('blue-tidegate', 'east')];
    expect(await find(both, { release: 'blue' })).toEqual(['blue', 'east', 'blue-tidegate']);
    expect(await find(both, { namespace: 'mine' })).toEqual(['tidegate', 'mine', 'tidegate']);
    expect(await find([configuration('other')], { release: 'blue' })).toEqual([
      'blue',
      'tidegate-system',
      'blue-tidegate',
    ]);
  });

  it.each([
    ['there is none', []],
    ['it is somebody else’s', [foreign]],
    ['nobody can be asked', new KubeError('no', { kind: 'unreachable' })],
  ])("under the chart's own names where %s", async (_, items) => {
    expect(await find(items)).toEqual(['tidegate', 'tidegate-system', 'tidegate']);
  });
});
