import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/objects/json.js';
import { admitting } from '../../support/admitting.js';
import { additivityFaults } from '../../support/additive.js';
import { enforced, policySets } from '../../support/arbitrary/policy.js';
import { workloads } from '../../support/arbitrary/workload.js';
import { edited } from '../../support/edits.js';
import { placementFaults } from '../../support/placement-faults.js';
import { reordered } from '../../support/reordered.js';
import { snapshot } from '../../support/snapshot.js';
import { canonical, stored } from '../../support/stored.js';
import { validityFaults } from '../../support/validity.js';

/** `PROPERTY_RUNS=20000` looks longer. */
const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) };
const nobody = snapshot([]);

/** The record may tell of another way to the same. */
function withoutRecord(object: JsonObject) {
  const { annotations, ...metadata } = object['metadata'] as { annotations?: Record<string, string> };
  const others = Object.entries(annotations ?? {}).filter(([key]) => key !== 'tidegate.io/placement');
  return canonical({ ...object, metadata: { ...metadata, annotations: Object.fromEntries(others) } });
}

/** An object after it was placed, and nothing where a policy did not place it. */
function placedBy(policy: Parameters<typeof snapshot>[0][number], object: JsonObject) {
  const from = snapshot([policy]);
  const answered = admitting(object, from);
  fc.pre(answered.verdict.kind === 'patched');
  return { ...answered, from };
}

describe('any workload under any policies', () => {
  it('is allowed, and gets by the patch that is sent what was planned', () => {
    fc.assert(
      fc.property(policySets(), workloads(), (policies, object) => {
        const { verdict, response, result, operations } = admitting(object, snapshot(policies));
        expect(response.allowed).toBe(true);
        expect(verdict.kind).not.toBe('failed');
        expect(operations.length > 0).toBe(verdict.kind === 'patched');
        if (verdict.kind === 'patched') expect(result).toEqual(verdict.plan.result);
      }),
      runs,
    );
  });

  it('gets the same answer whatever the order of policies and of keys, the uid and dry-run', () => {
    fc.assert(
      fc.property(policySets(), workloads(), fc.nat(), (policies, object, seed) => {
        const first = admitting(object, snapshot(policies));
        const { response } = admitting(object, snapshot(policies.toReversed()), { dryRun: true, uid: 'u2' });
        expect({ ...response, uid: first.response.uid }).toEqual(first.response);
        const other = admitting(reordered(object, seed), snapshot(policies));
        expect(other.response.patch).toBe(first.response.patch);
      }),
      runs,
    );
  });
});

describe('a placement', () => {
  it('adds, and changes only what is nobody’s word', () => {
    fc.assert(
      fc.property(enforced(), workloads(), (policy, object) => {
        const { operations } = placedBy(policy, object);
        expect(additivityFaults(object, operations, policy)).toEqual([]);
      }),
      runs,
    );
  });

  it('changes no variable that a container reads, but those that the policy overrides and agents’ addresses', () => {
    fc.assert(
      fc.property(enforced(), workloads(), (policy, object) => {
        expect(placementFaults(object, placedBy(policy, object).result, policy)).toEqual([]);
      }),
      runs,
    );
  });

  it('leaves a valid object valid', () => {
    fc.assert(
      fc.property(enforced(), workloads(), (policy, object) => {
        fc.pre(validityFaults(object).length === 0);
        expect(validityFaults(placedBy(policy, object).result)).toEqual([]);
      }),
      runs,
    );
  });

  it('is done once, also after it was stored', () => {
    fc.assert(
      fc.property(enforced(), workloads(), (policy, object) => {
        const { result, from } = placedBy(policy, object);
        for (const again of [result, stored(result), reordered(stored(result), 7)]) {
          const { verdict } = admitting(again, from, { operation: 'UPDATE' });
          if (again['kind'] === 'CronJob') expect(verdict.kind).toBe('unchanged');
          expect(admitting(again, from).verdict.kind).toBe('unchanged');
        }
      }),
      runs,
    );
  });

  it('is taken back exactly, also after it was stored', () => {
    fc.assert(
      fc.property(enforced(), workloads(), (policy, object) => {
        const { result } = placedBy(policy, object);
        expect(canonical(admitting(result, nobody).result)).toEqual(canonical(object));
        expect(canonical(admitting(stored(result), nobody).result)).toEqual(canonical(stored(object)));
      }),
      runs,
    );
  });

  it('is taken back where nobody changed it, and what the user did since stays', () => {
    fc.assert(
      fc.property(enforced(), workloads(), (policy, object) => {
        const { result, from } = placedBy(policy, object);
        const before = canonical(edited(stored(object)));
        const after = edited(stored(result));
        expect(canonical(admitting(after, nobody).result)).toEqual(before);
        const again = admitting(after, from).result;
        expect(admitting(again, from).verdict.kind).toBe('unchanged');
        expect(canonical(admitting(again, nobody).result)).toEqual(before);
      }),
      runs,
    );
  });

  it('goes over to another policy as if there had been no first', () => {
    fc.assert(
      fc.property(enforced(), enforced(), workloads(), (first, second, object) => {
        const { result } = placedBy(first, object);
        const direct = admitting(stored(object), snapshot([second]));
        const over = admitting(stored(result), snapshot([second]));
        expect(withoutRecord(over.result)).toEqual(withoutRecord(direct.result));
        expect(canonical(admitting(over.result, nobody).result)).toEqual(canonical(stored(object)));
      }),
      runs,
    );
  });
});
