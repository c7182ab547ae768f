import { describe, expect, it } from 'vitest';
import { judgeInstallation } from '../../../../src/doctor/checks/installation.js';
import { examination, object, said } from '../../../support/doctor.js';

const deployment = (version = '0.1.0') =>
  object({ metadata: { labels: { 'app.kubernetes.io/version': version } } });

describe('installation', () => {
  it('is of this version', () => {
    const found = judgeInstallation({ webhook: deployment(), controllers: deployment() }, examination);
    expect(said(found)).toEqual(['ok: 0.1.0 is in namespace tidegate-system']);
  });

  it('is of this version with the v of a tag before it, too', () => {
    const found = judgeInstallation(
      { webhook: deployment('v0.1.0'), controllers: deployment() },
      examination,
    );
    expect(said(found)).toEqual(['ok: 0.1.0 is in namespace tidegate-system']);
  });

  it('is a fault where there is none, with the install as its remedy', () => {
    const [found] = judgeInstallation({ webhook: undefined, controllers: undefined }, examination);
    expect(found).toMatchObject({ status: 'fault' });
    expect(found?.remedy).toMatch(/^helm install tidegate charts\/tidegate -n tidegate-system /);
  });

  it('warns of another version, and of controllers that are missing', () => {
    const found = judgeInstallation({ webhook: deployment('0.0.9'), controllers: undefined }, examination);
    expect(said(found)).toEqual([
      expect.stringContaining('warning: there is no Deployment tidegate-controllers'),
      'warning: 0.0.9 is installed, and what is expected here is of 0.1.0',
    ]);
    expect(found[0]?.remedy).toBe(
      'helm upgrade tidegate charts/tidegate -n tidegate-system --reset-then-reuse-values --set controllers.enabled=true',
    );
  });
});
