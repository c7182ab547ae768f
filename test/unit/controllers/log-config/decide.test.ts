import { describe, expect, it } from 'vitest';
import { decideLogs, type LogFacts } from '../../../../src/controllers/log-config/decide.js';
import {
  labelOf,
  toLogObject,
  type LogObject,
  type LogStore,
} from '../../../../src/controllers/log-config/observe.js';
import { createCache } from '../../../../src/kube/cache.js';
import { policy } from '../../../support/policy.js';
import { slsLogs } from '../../../support/log-config.js';

const key = 'aliyunlogconfigs.log.alibabacloud.com';
const served = {
  group: 'log.alibabacloud.com',
  version: 'v1alpha1',
  plural: 'aliyunlogconfigs',
  kind: 'AliyunLogConfig',
  namespaced: true,
};
type Store = Pick<LogStore, 'key' | 'state' | 'served' | 'fault' | 'objects'>;

function store(objects: readonly LogObject[] = [], more: Partial<Store> = {}): Store {
  const cache = createCache<LogObject, 'policy'>({
    indexes: { policy: ({ labels }) => labels['tidegate.io/policy'] },
  });
  for (const one of objects) cache.put(one);
  return { key, state: 'synced', served, fault: undefined, objects: cache, ...more };
}

const facts = (name: string, spec: object, more: Partial<LogFacts> = {}): LogFacts => ({
  policy: { name, uid: 'u-1', serves: policy(name, { ...spec }) },
  label: labelOf(name),
  mode: 'on',
  observe: false,
  namespace: 'tidegate-system',
  stores: [store()],
  ...more,
});

/** As the API server stores what was applied for the policy. */
function applied(name: string, status = {}): LogObject {
  const [one] = decideLogs(facts(name, slsLogs())).apply;
  const { metadata, ...rest } = one!.body as { metadata: object };
  return toLogObject({ ...rest, metadata: { ...metadata, uid: 'o-1', resourceVersion: '1' }, status });
}

describe('decideLogs', () => {
  it('applies what a policy needs, once', () => {
    const { apply, remove, verdict } = decideLogs(facts('a', slsLogs()));
    expect(apply).toHaveLength(1);
    expect(apply[0]?.body).toMatchObject({
      apiVersion: 'log.alibabacloud.com/v1alpha1',
      metadata: {
        name: 'tidegate-a',
        namespace: 'tidegate-system',
        labels: { 'app.kubernetes.io/managed-by': 'tidegate', 'tidegate.io/policy': 'a' },
        ownerReferences: [{ kind: 'VirtualNodePolicy', name: 'a', uid: 'u-1' }],
      },
    });
    expect([remove, verdict?.reason]).toEqual([[], 'Pending']);
  });

  it('applies in the version that is served', () => {
    const stores = [store([], { served: { ...served, version: 'v1' } })];
    expect(decideLogs(facts('a', slsLogs(), { stores })).apply[0]?.body['apiVersion']).toBe(
      'log.alibabacloud.com/v1',
    );
  });

  it('does nothing where all is there, and tells what its controller says', () => {
    const stores = [store([applied('a', { statusCode: 200, status: 'OK' })])];
    const { apply, verdict } = decideLogs(facts('a', slsLogs(), { stores }));
    expect(apply).toEqual([]);
    expect(verdict).toEqual({
      is: true,
      reason: 'Applied',
      message: 'AliyunLogConfig tidegate-system/tidegate-a: status code 200, OK',
    });
  });

  it.each([
    ['its spec', { spec: { logstore: 'other' } }],
    ['its spec is gone', { spec: {} }],
    ['its owner', { owners: [] }],
  ])('applies again what somebody changed of %s', (_, change) => {
    const stores = [store([{ ...applied('a'), ...change }])];
    expect(decideLogs(facts('a', slsLogs(), { stores })).apply).toHaveLength(1);
  });

  it('leaves alone what others added', () => {
    const { spec, labels, ...rest } = applied('a');
    const object = { ...rest, spec: { ...spec, shardCount: 4 }, labels: { ...labels, team: 'logs' } };
    expect(decideLogs(facts('a', slsLogs(), { stores: [store([object])] })).apply).toEqual([]);
  });

  it.each([
    ['without labels', {}],
    ['of another manager', { 'app.kubernetes.io/managed-by': 'Helm', 'tidegate.io/policy': 'a' }],
    ['of another policy', { 'app.kubernetes.io/managed-by': 'tidegate', 'tidegate.io/policy': 'b' }],
  ])('touches no object of the name %s', (_, labels) => {
    const stores = [store([{ ...applied('a'), labels }])];
    const { apply, remove, verdict } = decideLogs(facts('a', slsLogs(), { stores }));
    expect([apply, remove, verdict?.reason]).toEqual([[], [], 'NotOurs']);
  });

  it.each([
    ['is gone', facts('a', {}, { policy: undefined })],
    ['needs it no more', facts('a', {})],
  ])('takes away the log CR of a policy that %s', (_, given) => {
    const { remove, verdict, isOpen } = decideLogs({ ...given, stores: [store([applied('a')])] });
    expect(remove.map(({ object }) => object.name)).toEqual(['tidegate-a']);
    expect([verdict, isOpen]).toEqual([undefined, false]);
  });

  it.each([
    ['never was without a fault', { policy: { name: 'a', uid: 'u-1', serves: undefined } }],
    ['only observes', { policy: { name: 'a', uid: 'u-1', serves: policy('a', { mode: 'Observe' }) } }],
    ['is turned to Observe', { observe: true }],
  ])('takes nothing from a policy that %s', (_, more) => {
    const { apply, remove } = decideLogs(facts('a', {}, { stores: [store([applied('a')])], ...more }));
    expect([apply, remove]).toEqual([[], []]);
  });

  it.each([
    ['absent', undefined, { is: false, reason: 'CrdMissing' }],
    [
      'unknown',
      new Error('forbidden'),
      { is: 'unknown', reason: 'Unreadable', message: `${key}: forbidden` },
    ],
    ['present', new Error('forbidden'), { is: 'unknown', reason: 'Unreadable' }],
  ] as const)('applies nothing while the kind is %s (fault: %s)', (state, fault, says) => {
    const stores = [store([], { state, fault, served: undefined })];
    const { apply, verdict, isOpen } = decideLogs(facts('a', slsLogs(), { stores }));
    expect(apply).toEqual([]);
    expect(verdict).toMatchObject(says);
    expect(isOpen).toBe(false);
  });

  it.each(['unknown', 'present'] as const)('says nothing yet while the kind is %s', (state) => {
    const stores = [store([], { state, served: undefined })];
    expect(decideLogs(facts('a', slsLogs(), { stores }))).toMatchObject({ verdict: undefined, isOpen: true });
  });

  it('says of a policy that needs none nothing, also where nothing is kept', () => {
    expect(decideLogs(facts('a', {}, { mode: 'off', stores: [] })).verdict).toBeUndefined();
    expect(decideLogs(facts('a', slsLogs(), { mode: 'off', stores: [] })).verdict?.reason).toBe('NotManaged');
  });
});

describe('labelOf', () => {
  it('keeps a name that a label can hold, and tells long ones apart', () => {
    const long = 'team.'.repeat(20);
    expect(labelOf('team.nightly')).toBe('team.nightly');
    expect(labelOf('n'.repeat(63))).toBe('n'.repeat(63));
    expect(labelOf(`${long}a`)).not.toBe(labelOf(`${long}b`));
    expect(labelOf(`${long}a`)).toMatch(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])$/);
  });
});
