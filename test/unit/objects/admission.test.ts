import { describe, expect, it } from 'vitest';
import { admissionTable } from '../../../src/objects/admission.js';

describe('admissionTable', () => {
  it('is what may be touched, and nothing else', () => {
    expect(
      admissionTable.map(({ group, version, resource, operations, changes }) =>
        [`${group}/${version}`, resource, operations.join('+'), changes].join(' '),
      ),
    ).toEqual([
      'batch/v1 cronjobs CREATE+UPDATE template',
      'batch/v1 jobs CREATE template',
      '/v1 pods CREATE template',
      '/v1 pods/binding CREATE binding',
      '/v1 pods/status UPDATE status',
    ]);
  });
});
