import { describe, expect, it } from 'vitest';
import jsonpatch from 'fast-json-patch';
import { admitPodStatus } from '../../../src/webhook/pod-status.js';
import { turnedAwayReasons } from '../../../src/placement/turned-away.js';

interface Parts {
  readonly spec?: object;
  readonly status?: object;
  readonly was?: object;
  readonly request?: object;
  readonly labels?: Readonly<Record<string, string>>;
  readonly observe?: boolean;
}

const rejected = { phase: 'Failed', reason: 'OutOfcpu' };
const now = Date.parse('2026-03-01T10:00:00.250Z');

/** The update of a pod's status as the API server sends it. */
function admitted({ spec = {}, status = rejected, was = { phase: 'Pending' }, ...parts }: Parts = {}) {
  const pod = (state: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'report-1', namespace: 'apps' },
    spec: { schedulerName: 'tidegate-scheduler', nodeName: 'vn-1', containers: [{ name: 'app' }], ...spec },
    status: state,
  });
  const object = pod(status);
  const body = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'r-1',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      subResource: 'status',
      operation: 'UPDATE',
      namespace: 'apps',
      name: 'report-1',
      object,
      oldObject: pod(was),
      ...parts.request,
    },
  };
  const snapshot = { observe: parts.observe ?? false, namespaceLabels: () => parts.labels };
  const { verdict, review } = admitPodStatus(body, { snapshot, now });
  const { patch } = review.response;
  const operations = JSON.parse(
    Buffer.from(patch ?? '', 'base64').toString() || '[]',
  ) as jsonpatch.Operation[];
  const result = jsonpatch.applyPatch(structuredClone(object), operations, true).newDocument;
  return { verdict, review, operations, conditions: (result.status as { conditions?: object[] }).conditions };
}

const disrupted = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'PlacementFailed',
  message: 'node vn-1 turned the pod away before it ran: OutOfcpu',
  lastTransitionTime: '2026-03-01T10:00:00Z',
};
const scheduled = { type: 'PodScheduled', status: 'True' };

describe('a pod of our scheduler that its node turns away', () => {
  it('gets the condition in that very write', () => {
    const { verdict, conditions, review } = admitted();
    expect(conditions).toEqual([disrupted]);
    expect(verdict).toMatchObject({ kind: 'patched', because: 'turned-away', where: 'node vn-1, OutOfcpu' });
    expect(review.response).toMatchObject({
      allowed: true,
      auditAnnotations: { verdict: 'patched', reason: 'turned-away' },
    });
  });

  it('keeps the conditions that it has', () => {
    const { conditions, operations } = admitted({ status: { ...rejected, conditions: [scheduled] } });
    expect(conditions).toEqual([scheduled, disrupted]);
    expect(operations).toHaveLength(1);
  });

  it('has the condition that was withdrawn set again, and not twice', () => {
    const withdrawn = { ...disrupted, status: 'False', reason: 'other' };
    const { conditions } = admitted({ status: { ...rejected, conditions: [withdrawn, scheduled] } });
    expect(conditions).toEqual([disrupted, scheduled]);
  });

  it.each([null, []])('gets a list where conditions are %j', (conditions) => {
    expect(admitted({ status: { ...rejected, conditions } }).conditions).toEqual([disrupted]);
  });

  it.each(turnedAwayReasons)('is forgiven %s', (reason) => {
    expect(admitted({ status: { phase: 'Failed', reason } }).verdict.kind).toBe('patched');
  });

  it.each([
    ['had no status yet', {}],
    ['was not known of for a while', { phase: 'Unknown' }],
    [
      'waited for its image',
      { phase: 'Pending', containerStatuses: [{ state: { waiting: {} }, restartCount: 0 }] },
    ],
  ])('is forgiven where it %s', (_, was) => {
    expect(admitted({ was }).verdict.kind).toBe('patched');
  });

  it('is forgiven where the Namespace is known to be opted in', () => {
    expect(admitted({ labels: { 'tidegate.io/virtual-nodes': 'enabled' } }).verdict.kind).toBe('patched');
  });
});

describe('a status is left alone', () => {
  const terminated = { name: 'app', state: { terminated: { exitCode: 1 } } };

  it.each<[string, Parts, string]>([
    ['of another scheduler', { spec: { schedulerName: 'default-scheduler' } }, 'another-scheduler'],
    ['of no scheduler', { spec: { schedulerName: null } }, 'another-scheduler'],
    ['that is no failure', { status: { phase: 'Running', reason: 'OutOfcpu' } }, 'not-failed-now'],
    ['that had failed before', { was: { phase: 'Failed' } }, 'not-failed-now'],
    ['that failed by itself', { status: { phase: 'Failed' } }, 'failed-otherwise'],
    ['that failed for another reason', { status: { phase: 'Failed', reason: 'Error' } }, 'failed-otherwise'],
    ['of what the pod is', { status: { phase: 'Failed', reason: 'PodOSNotSupported' } }, 'failed-otherwise'],
    ['of a pod without a node', { spec: { nodeName: undefined } }, 'not-bound'],
    ['of a pod that ran', { was: { phase: 'Running' } }, 'has-run'],
    [
      'of a pod whose container ended',
      { status: { ...rejected, containerStatuses: [terminated] } },
      'has-run',
    ],
    ['of a pod whose container had ended', { was: { initContainerStatuses: [terminated] } }, 'has-run'],
    [
      'of a pod with a container that runs',
      { was: { containerStatuses: [{ state: { running: {} } }] } },
      'has-run',
    ],
    [
      'of a pod with a container that ran once',
      { was: { containerStatuses: [{ lastState: { terminated: {} } }] } },
      'has-run',
    ],
    ['of a pod that was restarted', { was: { containerStatuses: [{ restartCount: 1 }] } }, 'has-run'],
    ['of a pod that had started', { was: { containerStatuses: [{ started: true }] } }, 'has-run'],
    ['that says so already', { status: { ...rejected, conditions: [disrupted] } }, 'already-disrupted'],
    [
      'of another kind',
      { request: { kind: { group: '', version: 'v1', kind: 'Node' } } },
      'kind-not-handled',
    ],
    ['that is the pod itself', { request: { subResource: '' } }, 'subresource'],
    ['that is created', { request: { operation: 'CREATE' } }, 'operation-not-handled'],
    ['that is not there', { request: { object: null } }, 'operation-not-handled'],
    ['of a Namespace that is not opted in', { labels: {} }, 'namespace-not-opted-in'],
    ['while we only observe', { observe: true }, 'policy-observes'],
  ])('%s', (_, parts, because) => {
    const { verdict, review } = admitted(parts);
    expect(verdict).toMatchObject({ kind: 'skipped', because });
    expect(review.response).toEqual({
      uid: 'r-1',
      allowed: true,
      auditAnnotations: { verdict: 'skipped', reason: because },
    });
  });

  it.each<[string, Parts]>([
    ['status', { status: [] as never }],
    ['conditions', { status: { ...rejected, conditions: {} } }],
    ['old containers', { was: { containerStatuses: [7] } }],
    ['spec', { request: { object: { spec: 'x', status: rejected } } }],
  ])('with a wrong type in its %s', (_, parts) => {
    const { verdict, review } = admitted(parts);
    expect(verdict).toMatchObject({ kind: 'failed', because: 'object-invalid' });
    expect(review.response).not.toHaveProperty('patch');
  });
});
