import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import type { JsonObject } from '../../../src/objects/json.js';
import type { Snapshot } from '../../../src/placement/snapshot.js';
import { admit } from '../../../src/webhook/admit.js';
import { admitting } from '../../support/admitting.js';
import { on } from '../../support/aspect.js';
import { cronJob, job, pod, review, type ReviewParts } from '../../support/build.js';
import { policy } from '../../support/policy.js';
import { snapshot } from '../../support/snapshot.js';

const nightly = snapshot([policy('nightly')]);

const admitted = (object: JsonObject | null, from: Snapshot = nightly, parts: ReviewParts = {}) =>
  admitting(object, from, parts);

const optedOut = { annotations: { 'tidegate.io/virtual-nodes': 'disabled' } };
const withAnnotations = (object: JsonObject, annotations: object) => {
  const metadata = object['metadata'] as JsonObject;
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...(metadata['annotations'] as object), ...annotations } },
  };
};

describe('a review', () => {
  it.each<[string, JsonObject, ReviewParts]>([
    ['the creation of a CronJob', cronJob(), {}],
    ['the update of a CronJob', cronJob(), { operation: 'UPDATE', oldObject: cronJob() }],
    [
      'the creation of a CronJob by generateName',
      cronJob({ metadata: { name: undefined, generateName: 'a-' } }),
      {},
    ],
  ])('of %s is answered with a patch', (_, object, parts) => {
    const { verdict, response } = admitted(object, nightly, { ...parts, uid: 'u7' });
    expect(verdict).toMatchObject({ kind: 'patched', because: 'placed', policy: 'nightly' });
    expect(response).toMatchObject({
      uid: 'u7',
      allowed: true,
      patchType: 'JSONPatch',
      auditAnnotations: { verdict: 'patched', reason: 'placed', policy: 'nightly' },
    });
    expect(response).not.toHaveProperty('warnings');
  });

  it.each<[string, JsonObject]>([
    ['Job', job()],
    ['Pod', pod()],
  ])('of a %s needs a policy for its kind', (kind, object) => {
    expect(admitted(object).verdict).toEqual({ kind: 'skipped', because: 'no-policy-matches' });
    const both = snapshot([policy('all', { match: { workloads: { kinds: [kind] } } })]);
    expect(admitted(object, both).verdict.kind).toBe('patched');
  });

  it('of what it has placed is answered without a patch', () => {
    const { result } = admitted(cronJob());
    const again = admitted(result, nightly, { operation: 'UPDATE' });
    expect(again.verdict).toMatchObject({ kind: 'unchanged', because: 'already-placed' });
    expect(again.response).toEqual({
      uid: 'b2d0a9c4-0000-4000-8000-000000000001',
      allowed: true,
      auditAnnotations: { verdict: 'unchanged', reason: 'already-placed', policy: 'nightly' },
    });
  });

  it('gives the same bytes for a dry-run, another uid and a reinvocation before anything was stored', () => {
    const patches = [{}, { dryRun: true }, { uid: 'u2' }, {}].map(
      (parts) => admitted(cronJob(), nightly, parts).response.patch,
    );
    expect(new Set(patches).size).toBe(1);
  });

  it.each<[string, unknown]>([
    ['no review', cronJob()],
    ['v1beta1', { ...review(cronJob()), apiVersion: 'admission.k8s.io/v1beta1' }],
    ['no uid', { ...review(cronJob()), request: {} }],
  ])('with nothing to answer to throws: %s', (_, body) => {
    expect(() => admit(body, nightly, 100)).toThrow(AppError);
  });
});

describe('a review that is left alone', () => {
  it.each<[string, JsonObject | null, ReviewParts, string]>([
    ['another kind', { kind: 'Deployment' }, {}, 'kind-not-handled'],
    ['the update of a Pod', pod(), { operation: 'UPDATE' }, 'operation-not-handled'],
    ['the deletion of a CronJob', null, { kind: 'CronJob', operation: 'DELETE' }, 'operation-not-handled'],
    ['a status', cronJob(), { operation: 'UPDATE', subResource: 'status' }, 'subresource'],
    ['an opted-out workload', cronJob({ metadata: optedOut }), {}, 'opted-out'],
  ])('says why: %s', (_, object, parts, because) => {
    const { verdict, response } = admitted(object, nightly, parts);
    expect(verdict).toMatchObject({ kind: 'skipped', because });
    expect(response).toMatchObject({
      allowed: true,
      auditAnnotations: { verdict: 'skipped', reason: because },
    });
    expect(response).not.toHaveProperty('patch');
    expect(response).not.toHaveProperty('warnings');
  });

  it('is in a namespace that has not opted in, where that is known', () => {
    const known = (labels: Record<string, string>) =>
      snapshot([policy('nightly')], { namespaceLabels: () => labels });
    expect(admitted(cronJob(), known({})).verdict).toMatchObject({ because: 'namespace-not-opted-in' });
    expect(admitted(cronJob(), known({ 'tidegate.io/virtual-nodes': 'enabled' })).verdict.kind).toBe(
      'patched',
    );
  });

  it('cannot be run by the provider, and its author is told', () => {
    const { verdict, response } = admitted(cronJob({ pod: { spec: { hostNetwork: true } } }));
    expect(verdict).toEqual({
      kind: 'skipped',
      because: 'host-network',
      policy: 'nightly',
      where: 'the pod',
      gate: true,
    });
    expect(response.warnings).toEqual([
      'tidegate did not move it: the provider does not run pods with hostNetwork',
    ]);
  });

  it('is outside the share that the policy places so far', () => {
    const none = snapshot([policy('nightly', { rolloutPercent: 0 })]);
    expect(admitted(cronJob(), none).verdict).toEqual({
      kind: 'skipped',
      because: 'outside-rollout-percent',
      policy: 'nightly',
    });
  });
});

describe('a fault', () => {
  it.each<[string, JsonObject | null, string]>([
    ['an object that is null', null, 'object-invalid'],
    ['an object of another kind', pod(), 'object-invalid'],
    ['an object without a template', { kind: 'CronJob', spec: {} }, 'object-invalid'],
    ['tolerations that are a map', cronJob({ pod: { spec: { tolerations: {} } } }), 'object-invalid'],
    ['a null container', cronJob({ pod: { spec: { containers: [null] } } }), 'object-invalid'],
  ])('lets the object through unchanged: %s', (_, object, because) => {
    const { verdict, response } = admitted(object, nightly, { kind: 'CronJob' });
    expect(verdict).toMatchObject({ kind: 'failed', because });
    expect(response).toMatchObject({
      allowed: true,
      warnings: ['tidegate left it unchanged: a field that tidegate reads has the wrong type'],
    });
    expect(response).not.toHaveProperty('patch');
  });

  it('of our own lets the object through too', () => {
    const broken: Snapshot = {
      ...nightly,
      namespaceLabels: () => {
        throw new RangeError('out of order');
      },
    };
    const { verdict, response } = admitted(cronJob(), broken);
    expect(verdict).toMatchObject({ kind: 'failed', because: 'internal-error' });
    expect(response).toMatchObject({
      allowed: true,
      warnings: ['tidegate left it unchanged: tidegate met an error of its own'],
    });
  });

  it('of size is no failure, and no patch', () => {
    const large = cronJob({ metadata: { annotations: { a: 'x'.repeat(262_000) } } });
    expect(admitted(large).verdict).toMatchObject({ kind: 'skipped', because: 'annotations-too-large' });
    const huge = cronJob({ pod: { spec: { note: 'x'.repeat(1_399_500) } } });
    expect(admitted(huge).verdict).toMatchObject({ kind: 'skipped', because: 'object-too-large' });
  });
});

describe('an object that carries our record', () => {
  const original = cronJob({ pod: { spec: { tolerations: [{ key: 'spot', operator: 'Exists' }] } } });
  const placed = admitted(original).result;

  it('is given back when the workload opts out', () => {
    const { verdict, result } = admitted(withAnnotations(placed, optedOut.annotations), nightly, {
      operation: 'UPDATE',
    });
    expect(verdict).toMatchObject({ kind: 'patched', because: 'opted-out' });
    expect(result).toEqual(withAnnotations(original, optedOut.annotations));
  });

  it('is given back when no policy matches any more', () => {
    const { verdict, result } = admitted(placed, snapshot([]), { operation: 'UPDATE' });
    expect(verdict).toMatchObject({ kind: 'patched', because: 'no-policy-matches' });
    expect(result).toEqual(original);
  });

  it('is given back when the provider cannot run it any more', () => {
    const eci = snapshot([policy('nightly', on('VirtualOnly', 'tencent-supernode'))]);
    const before = admitted(original, eci).result as unknown as {
      spec: { jobTemplate: { spec: { template: { spec: Record<string, unknown> } } } };
    };
    before.spec.jobTemplate.spec.template.spec['hostPID'] = true;
    const { verdict, result } = admitted(before as unknown as JsonObject, eci, { operation: 'UPDATE' });
    expect(verdict).toMatchObject({ kind: 'patched', because: 'host-pid', policy: 'nightly', gate: true });
    expect(result).toEqual(
      cronJob({ pod: { spec: { tolerations: [{ key: 'spot', operator: 'Exists' }], hostPID: true } } }),
    );
  });

  it('goes over to another policy', () => {
    const other = snapshot([
      policy('nightly', { priority: -1 }),
      policy('daily', on('VirtualOnly', 'alibaba-eci')),
    ]);
    const { verdict, result } = admitted(placed, other, { operation: 'UPDATE' });
    expect(verdict).toMatchObject({ kind: 'patched', because: 'placed', policy: 'daily' });
    expect(result).toEqual(admitted(original, other).result);
  });

  it.each<[string, Snapshot, string]>([
    ['everything only observes', snapshot([policy('nightly')], { observe: true }), 'policy-observes'],
    ['its policy only observes', snapshot([policy('nightly', { mode: 'Observe' })]), 'policy-observes'],
    ['everything only observes and nothing matches', snapshot([], { observe: true }), 'no-policy-matches'],
    [
      'its policy only observes and leaves it out',
      snapshot([policy('nightly', { mode: 'Observe', rolloutPercent: 0 })]),
      'outside-rollout-percent',
    ],
    [
      'its policy only observes and its provider cannot do the placement',
      snapshot([policy('nightly', { mode: 'Observe', ...on('PreferReal', 'aws-fargate') })]),
      'placement-not-offered',
    ],
    [
      'the labels of its namespace are not known',
      snapshot([policy('nightly', { match: { namespaces: { selector: { matchLabels: { a: 'b' } } } } })]),
      'namespace-unknown',
    ],
  ])('is not touched where %s', (_, from, because) => {
    const { verdict, response } = admitted(placed, from, { operation: 'UPDATE' });
    expect(verdict).toMatchObject({ because });
    expect(verdict.kind).toMatch(/^(observed|skipped)$/);
    expect(response).not.toHaveProperty('patch');
  });

  it('is not touched while it is being deleted', () => {
    const metadata = { ...(placed['metadata'] as object), deletionTimestamp: '2026-01-01T00:00:00Z' };
    const { verdict, response } = admitted({ ...placed, metadata }, nightly, {
      operation: 'UPDATE',
    });
    expect(verdict).toMatchObject({ kind: 'skipped', because: 'being-deleted' });
    expect(response).not.toHaveProperty('patch');
  });
});

describe('a policy that observes', () => {
  it('changes nothing and says how much it would', () => {
    const { verdict, response } = admitted(cronJob(), snapshot([policy('nightly', { mode: 'Observe' })]));
    expect(verdict).toMatchObject({ kind: 'observed', because: 'policy-observes', policy: 'nightly' });
    expect(response).not.toHaveProperty('patch');
    expect(response.warnings).toEqual(['tidegate only observes (policy nightly): 7 changes']);
  });
});
