import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import type { JsonObject } from '../../../src/objects/json.js';
import { templateOf } from '../../../src/objects/workload.js';
import { compile } from '../../../src/placement/compile.js';
import { compileMatchers } from '../../../src/policy/matchers.js';
import { providers } from '../../../src/providers/registry.js';
import { createDecide, createDecideBinding, createDecidePodStatus } from '../../../src/webhook/decide.js';
import { admissionReview, cronJob, reviewUid } from '../../support/admission-review.js';
import { createRegistry, scaleInMetrics } from '../../../src/telemetry/metrics.js';
import { policy } from '../../support/policy.js';

const byName = new Map(providers.map((provider) => [provider.name, provider]));

function decide(request: Record<string, unknown> = {}, observe = false, spec: object = {}) {
  const index = compileMatchers([policy('all', spec as never)], (one) => compile(one, byName));
  const snapshot = { index, observe, namespaceLabels: () => undefined };
  return createDecide(() => snapshot)(admissionReview(request), 1000).observation;
}

describe('createDecide', () => {
  it('tells of a placed workload: which, by which policy, how large the patch', () => {
    const { operations, patchBytes, ...facts } = decide();
    expect(facts).toEqual({
      uid: reviewUid,
      kind: 'CronJob',
      operation: 'CREATE',
      namespace: 'apps',
      name: 'report',
      dryRun: false,
      verdict: 'patched',
      reason: 'placed',
      policy: 'all',
    });
    expect(operations).toBeGreaterThan(0);
    expect(patchBytes).toBeGreaterThan(100);
  });

  it('tells what would change where it only observes, and that no patch was sent', () => {
    const { verdict, operations, patchBytes } = decide({}, true);
    expect(verdict).toBe('observed');
    expect(operations).toBeGreaterThan(0);
    expect(patchBytes).toBe(0);
  });

  it('tells what of the policy could not be had, each reason once', () => {
    const wished = {
      scheduling: { schedulerName: 'tidegate-scheduler' },
      startup: { imageCache: true },
      placement: { type: 'VirtualOnly', providers: [{ name: 'kwok' }, { name: 'liqo' }] },
    };
    const object = cronJob() as JsonObject;
    const spec = templateOf('CronJob', object)['spec'] as Record<string, unknown>;
    spec['topologySpreadConstraints'] = [{ maxSkew: 1, topologyKey: 'zone' }];
    expect(decide({ object }, false, wished)).toMatchObject({
      verdict: 'patched',
      notOffered: ['own-scheduler-cannot-place', 'image-cache-not-offered'],
    });
  });

  it('tells what went wrong and where', () => {
    expect(decide({ object: { ...cronJob(), spec: 'x' } })).toMatchObject({
      verdict: 'failed',
      reason: 'object-invalid',
      error: '/spec: expected an object, got string',
      operations: 0,
      patchBytes: 0,
    });
  });

  it.each([
    ['a kind that is not ours', { kind: { group: '', version: 'v1', kind: 'Secret' } }, 'kind', 'other'],
    ['an operation that is none', { operation: 'STEAL' }, 'operation', 'other'],
    ['a name without end', { name: 'x'.repeat(10_000) }, 'name', 'x'.repeat(253)],
    ['a namespace without end', { namespace: 'x'.repeat(10_000) }, 'namespace', 'x'.repeat(253)],
    ['a uid without end', { uid: 'x'.repeat(10_000) }, 'uid', 'x'.repeat(36)],
  ] as const)('keeps %s out of labels and log', (_, request, field, expected) => {
    expect(decide(request)[field]).toBe(expected);
  });

  it('takes the snapshot of the moment, once a review', () => {
    let taken = 0;
    const index = compileMatchers([policy('all')], (one) => compile(one, byName));
    const decideNow = createDecide(() => {
      taken += 1;
      return { index, observe: false, namespaceLabels: () => undefined };
    });
    decideNow(admissionReview(), 1000);
    decideNow(admissionReview(), 1000);
    expect(taken).toBe(2);
  });
});

describe('createDecideBinding', () => {
  const noSnapshot = () => {
    throw new Error('not taken');
  };
  const decideBinding = createDecideBinding(
    noSnapshot,
    undefined,
    scaleInMetrics(createRegistry({ version: 'test' })),
  );
  const kind = { group: '', version: 'v1', kind: 'Binding' };

  it('allows and patches nothing where no cluster is watched', () => {
    const { review, observation } = decideBinding(admissionReview({ kind, subResource: 'binding' }), 1000);
    expect(review).toMatchObject({ response: { uid: reviewUid, allowed: true } });
    expect(review).not.toHaveProperty('response.patch');
    expect(observation).toMatchObject({
      kind: 'Binding',
      verdict: 'skipped',
      reason: 'no-cluster-watched',
      operations: 0,
      patchBytes: 0,
    });
  });

  it('refuses what is no review', () => {
    expect(() => decideBinding({}, 2)).toThrow(AppError);
  });
});

describe('createDecidePodStatus', () => {
  it('tells which pod was turned away, by whom and why, by the time of the clock', () => {
    const status = { phase: 'Failed', reason: 'OutOfcpu' };
    const spec = { schedulerName: 'tidegate-scheduler', nodeName: 'vn-1' };
    const body = {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: 'r-1',
        kind: { group: '', version: 'v1', kind: 'Pod' },
        subResource: 'status',
        operation: 'UPDATE',
        namespace: 'apps',
        name: 'web-1',
        object: { spec, status },
        oldObject: { spec, status: {} },
      },
    };
    const snapshot = {
      index: compileMatchers([], () => unused()),
      observe: false,
      namespaceLabels: () => undefined,
    };
    const { observation, review } = createDecidePodStatus(() => snapshot, { now: () => 0 })(body, 100);
    expect(observation).toMatchObject({
      kind: 'Pod',
      operation: 'UPDATE',
      name: 'web-1',
      verdict: 'patched',
      reason: 'turned-away',
      where: 'node vn-1, OutOfcpu',
      operations: 2,
    });
    const { patch } = (review as { response: { patch: string } }).response;
    expect(Buffer.from(patch, 'base64').toString()).toContain('"lastTransitionTime":"1970-01-01T00:00:00Z"');
  });
});

function unused(): never {
  throw new Error('not called');
}
