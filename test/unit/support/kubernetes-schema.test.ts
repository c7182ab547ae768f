import { describe, expect, it } from 'vitest';
import { cronJob } from '../../support/admission-review.js';
import { schemaFaults } from '../../support/kubernetes-schema.js';

describe('the published Kubernetes schema', () => {
  it('finds nothing wrong with a CronJob', () => {
    const labels = { 'app.kubernetes.io/name': 'report' };
    expect(
      schemaFaults(cronJob({ nodeSelector: labels, tolerations: [] }, { labels, annotations: labels })),
    ).toEqual([]);
  });

  it.each([
    ['a field of a wrong type', cronJob({ hostNetwork: 'yes' }), ['hostNetwork: type']],
    [
      'a missing field',
      cronJob({ containers: [{ image: 'a' }] }),
      ['containers/0: required {"missingProperty":"name"}'],
    ],
    ['an unknown field of the object', { ...cronJob(), kindly: 1 }, ['/kindly: unknown field']],
    [
      'an unknown field of the pod',
      cronJob({ toleration: [] }),
      ['/spec/jobTemplate/spec/template/spec/toleration: unknown field'],
    ],
    [
      'an unknown field of an item',
      cronJob({ tolerations: [{ key: 'a' }, { kye: 'b' }] }),
      ['tolerations/1/kye: unknown field'],
    ],
    ['a kind that it does not know', { apiVersion: 'v1', kind: 'Tide' }, ['no schema for v1 Tide']],
  ])('finds %s', (_, object, expected) => {
    const faults = schemaFaults(object);
    expect(faults).toHaveLength(expected.length);
    expected.forEach((part, i) => {
      expect(faults[i]).toContain(part);
    });
  });
});
