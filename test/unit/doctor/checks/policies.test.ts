import { describe, expect, it } from 'vitest';
import { judgePolicies } from '../../../../src/doctor/checks/policies.js';
import { object, said } from '../../../support/doctor.js';
import { policyDocument } from '../../../support/policy.js';

const condition = (type: string, status: string, observedGeneration = 3) => ({
  type,
  status,
  observedGeneration,
  message: `${type} is ${status}`,
});

const policy = (conditions: readonly object[], spec = {}) =>
  object({
    ...policyDocument('night', spec),
    metadata: { name: 'night', generation: 3 },
    status: { conditions },
  });

describe('policies', () => {
  it('are accepted', () => {
    const found = judgePolicies([policy([condition('Accepted', 'True'), condition('Active', 'True')])]);
    expect(said(found)).toEqual(['ok: accepted: night']);
  });

  it('are a warning where there are none', () => {
    expect(judgePolicies([])).toMatchObject([{ status: 'warning' }]);
  });

  it('are a fault by this build, field by field, whatever their status says', () => {
    const found = judgePolicies([policy([condition('Accepted', 'True')], { mode: 'Maybe', priority: 'x' })]);
    expect(said(found)).toEqual([
      expect.stringContaining('fault: policy night: spec.mode: expected one of Enforce, Observe'),
      expect.stringContaining('fault: policy night: spec.priority: expected'),
    ]);
    expect(found[0]?.remedy).toBe('kubectl edit vnp night');
  });

  it('are a fault where the controllers do not accept one', () => {
    const found = judgePolicies([policy([condition('Accepted', 'False')])]);
    expect(said(found)).toEqual(['fault: policy night is not accepted: Accepted is False']);
  });

  it('are a warning where another condition does not hold', () => {
    const found = judgePolicies([policy([condition('Accepted', 'True'), condition('Active', 'False')])]);
    expect(said(found)).toEqual(['warning: policy night is not Active: Active is False']);
  });

  it('are a warning where nobody has looked at this generation', () => {
    expect(said(judgePolicies([policy([condition('Accepted', 'True', 2)])]))).toEqual([
      expect.stringContaining('warning: policy night: no controller has said'),
    ]);
  });
});
