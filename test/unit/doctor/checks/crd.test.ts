import { describe, expect, it } from 'vitest';
import { judgeCrd } from '../../../../src/doctor/checks/crd.js';
import type { JsonObject } from '../../../../src/objects/json.js';
import { policyCrd } from '../../../../src/policy/crd.js';
import { object, said } from '../../../support/doctor.js';

const established = { status: { conditions: [{ type: 'Established', status: 'True' }] } };

function withVersion(change: (version: JsonObject) => object) {
  const crd = policyCrd() as unknown as { readonly spec: { readonly versions: readonly JsonObject[] } };
  return object({ ...crd, spec: { ...crd.spec, versions: crd.spec.versions.map(change) }, ...established });
}

describe('crd', () => {
  it("is there as this build's", () => {
    const found = judgeCrd(withVersion((version) => version));
    expect(said(found)).toEqual(['ok: virtualnodepolicies.tidegate.io serves v1alpha1']);
  });

  it.each([
    ['another schema', () => ({ schema: { openAPIV3Schema: { type: 'object' } } }), 'has another schema'],
    ['a version that is not served', () => ({ served: false }), 'is not served'],
    ['a version that is not stored', () => ({ storage: false }), 'is not the one that is stored'],
    ['another version', () => ({ name: 'v0' }), 'is not served'],
    ['no status', () => ({ subresources: {} }), 'has no status subresource'],
  ])('is a fault with %s', (_, change, reason) => {
    const [found] = judgeCrd(withVersion((version) => ({ ...version, ...change() })));
    expect(found?.status).toBe('fault');
    expect(found?.reason).toContain(reason);
    expect(found?.remedy).toMatch(/^tidegate policy crd \| kubectl apply /);
  });

  it('is a fault where there is none, and where it is not established', () => {
    expect(judgeCrd(undefined)[0]?.status).toBe('fault');
    const fresh = { ...withVersion((version) => version), status: {} };
    expect(said(judgeCrd(fresh))).toEqual(['fault: virtualnodepolicies.tidegate.io is not established']);
  });
});
