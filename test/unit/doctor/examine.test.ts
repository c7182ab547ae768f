import { describe, expect, it } from 'vitest';
import { examine, exitCodeOf } from '../../../src/doctor/examine.js';
import { KubeError } from '../../../src/kube/errors.js';
import { checkOf, examination, said } from '../../support/doctor.js';

describe('an examination', () => {
  it('runs every check in its order, and names each finding by its check', async () => {
    const results = await examine([checkOf('a', 'ok'), checkOf('b', 'warning', ['a'])], examination);
    expect(results.map(({ check, status }) => [check, status])).toEqual([
      ['a', 'ok'],
      ['b', 'warning'],
    ]);
  });

  it.each(['fault', 'skipped'] as const)('skips what needs a check that ended as %s', async (status) => {
    const results = await examine([checkOf('a', status), checkOf('b', 'ok', ['a'])], examination);
    expect(said(results.slice(1))).toEqual(['skipped: a comes first']);
  });

  it('goes on after a warning', async () => {
    const results = await examine([checkOf('a', 'warning'), checkOf('b', 'ok', ['a'])], examination);
    expect(said(results.slice(1))).toEqual(['ok: b is ok']);
  });

  it('skips a check that its user may not do, and says what was refused', async () => {
    const refused = new KubeError('GET /api/v1/nodes: 403', { kind: 'forbidden' });
    const [found] = await examine([checkOf('a', refused)], examination);
    expect(found).toMatchObject({ status: 'skipped', reason: 'you may not look: GET /api/v1/nodes: 403' });
    expect(found?.remedy).toContain('docs/doctor.md');
  });

  it('takes any other error for a fault, with a remedy', async () => {
    const [found] = await examine([checkOf('a', new Error('broken'))], examination);
    expect(found).toMatchObject({ status: 'fault', reason: 'broken' });
    expect(found?.remedy).toBeDefined();
  });

  it.each([
    ['ok', 0],
    ['warning', 0],
    ['skipped', 0],
    ['fault', 1],
  ] as const)('ends with %s as exit code %i', (status, code) => {
    const results = [{ check: 'a', status: 'ok', reason: '' } as const, { check: 'b', status, reason: '' }];
    expect(exitCodeOf(results)).toBe(code);
  });
});
