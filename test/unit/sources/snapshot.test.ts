import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Policy } from '../../../src/policy/policy.js';
import { type PolicyRead, toPolicyRead } from '../../../src/sources/policy-files.js';
import { createSnapshotHolder, type SnapshotDeps } from '../../../src/sources/snapshot.js';
import { policyDocument } from '../../support/policy.js';

const good = (...names: string[]): PolicyRead =>
  toPolicyRead(['p'], {
    files: names.map((name) => ({ file: name, text: stringify(policyDocument(name)) })),
    faults: [],
  });
const bad = toPolicyRead(['p'], { files: [{ file: 'a', text: 'kind: Pod' }], faults: [] });

const holder = (deps: Partial<SnapshotDeps<string>> = {}) =>
  createSnapshotHolder({
    compile: (policy: Policy) => `intent of ${policy.metadata.name}`,
    observe: false,
    ...deps,
  });

describe('createSnapshotHolder', () => {
  it('has nothing to serve before the first good read', () => {
    const snapshots = holder();
    expect(snapshots.offer(bad)).toBe('refused');
    expect(snapshots.current()).toBeUndefined();
    expect(snapshots.status()).toMatchObject({
      loaded: undefined,
      generation: 0,
      fault: { code: 'policy-invalid' },
    });
  });

  it('serves a good read, compiled', () => {
    const snapshots = holder({ observe: true });
    expect(snapshots.offer(good('a', 'b'))).toBe('loaded');
    const snapshot = snapshots.current();
    expect(snapshot?.index.ordered.map(({ compiled }) => compiled)).toEqual(['intent of a', 'intent of b']);
    expect(snapshot?.observe).toBe(true);
    expect(snapshots.status()).toMatchObject({ loaded: 2, generation: 1, fault: undefined });
  });

  it('replaces the whole snapshot and never changes one that was handed out', () => {
    const snapshots = holder();
    snapshots.offer(good('a'));
    const first = snapshots.current();
    expect(snapshots.offer(good('b'))).toBe('loaded');
    expect(first?.index.ordered.map(({ compiled }) => compiled)).toEqual(['intent of a']);
    expect(snapshots.current()?.index.ordered.map(({ compiled }) => compiled)).toEqual(['intent of b']);
    expect(snapshots.status().generation).toBe(2);
  });

  it('goes on serving the last good read after a bad one, and says what is wrong', () => {
    const snapshots = holder();
    snapshots.offer(good('a'));
    const { hash } = snapshots.status();
    const before = snapshots.current();
    expect(snapshots.offer(bad)).toBe('refused');
    expect(snapshots.current()).toBe(before);
    expect(snapshots.status()).toMatchObject({
      loaded: 1,
      hash,
      generation: 1,
      fault: { code: 'policy-invalid' },
    });
  });

  it('forgets the fault when the good content comes back, without a new generation', () => {
    const snapshots = holder();
    snapshots.offer(good('a'));
    snapshots.offer(bad);
    expect(snapshots.offer(good('a'))).toBe('loaded');
    expect(snapshots.status()).toMatchObject({ generation: 1, fault: undefined });
    expect(snapshots.offer(good('a'))).toBe('same');
  });

  it('refuses policies of which one cannot be compiled', () => {
    const snapshots = holder({
      compile: (policy) => {
        if (policy.metadata.name === 'b') throw new TypeError('no');
        return '';
      },
    });
    snapshots.offer(good('a'));
    expect(snapshots.offer(good('a', 'b'))).toBe('refused');
    expect(snapshots.status().loaded).toBe(1);
    expect(snapshots.status().fault?.message).toBe('policy b cannot be compiled: no');
  });

  it('knows the Namespaces beside the policies, or those it is given', () => {
    const text = `apiVersion: v1\nkind: Namespace\nmetadata: {name: apps, labels: {team: data}}\n---\n${stringify(policyDocument('a'))}`;
    const read = toPolicyRead(['p'], { files: [{ file: 'f', text }], faults: [] });
    const own = holder();
    own.offer(read);
    expect(own.current()?.namespaceLabels('apps')).toMatchObject({ team: 'data' });
    expect(own.current()?.namespaceLabels('web')).toBeUndefined();

    const given = holder({ namespaceLabels: (name) => ({ from: `cluster ${name}` }) });
    given.offer(read);
    expect(given.current()?.namespaceLabels('web')).toEqual({ from: 'cluster web' });
  });
});
