import { describe, expect, it } from 'vitest';
import { CompactedError } from '../../../../src/sim/store/history.js';
import type { Draft } from '../../../../src/sim/store/object.js';
import { Store } from '../../../../src/sim/store/store.js';
import { fakeClock } from '../../../support/fake-clock.js';

const object = (name: string, namespace = 'a', more: Draft = {}): Draft => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, uid: name, creationTimestamp: '' },
  ...more,
});
const names = (objects: readonly { metadata: { name: string } }[]): string[] =>
  objects.map(({ metadata }) => metadata.name);

describe('Store', () => {
  it('gives every write the next revision, over all resources', () => {
    const store = new Store({ clock: fakeClock(), revision: 10 });
    expect(store.create('configmaps', object('one'))?.metadata.resourceVersion).toBe('11');
    expect(store.create('pods', object('two'))?.metadata.resourceVersion).toBe('12');
    expect(store.revision).toBe(12);
  });

  it('does not create what is there, and spends no revision on it', () => {
    const store = new Store({ clock: fakeClock() });
    store.create('pods', object('one'));
    expect(store.create('pods', object('one'))).toBeUndefined();
    expect(store.revision).toBe(2);
  });

  it('does not replace or remove what somebody else wrote meanwhile', () => {
    const store = new Store({ clock: fakeClock() });
    const first = store.create('pods', object('one'))!;
    const second = store.replace('pods', first, object('one'))!;
    expect(store.replace('pods', first, object('one'))).toBeUndefined();
    expect(store.remove('pods', first)).toBeUndefined();
    expect(store.get('pods', 'a', 'one')).toBe(second);
  });

  it('lists by namespace and name as etcd sorts its keys', () => {
    const store = new Store({ clock: fakeClock() });
    for (const [name, namespace] of [
      ['b', 'a'],
      ['a', 'a'],
      ['a', 'a-b'],
      ['z', 'A'],
    ] as const) {
      store.create('pods', object(name, namespace));
    }
    expect(store.list('pods').map((one) => `${one.metadata.namespace ?? ''}/${one.metadata.name}`)).toEqual([
      'A/z',
      'a-b/a',
      'a/a',
      'a/b',
    ]);
    expect(names(store.list('pods', 'a'))).toEqual(['a', 'b']);
  });

  it('shows a list as it was at an earlier revision', () => {
    const store = new Store({ clock: fakeClock() });
    const one = store.create('pods', object('one'))!;
    store.create('pods', object('two'));
    const then = store.revision;
    store.remove('pods', one);
    store.create('pods', object('three'));
    expect(names(store.snapshot('pods', then).objects)).toEqual(['one', 'two']);
    expect(names(store.snapshot('pods').objects)).toEqual(['three', 'two']);
  });

  it('forgets what is older than five minutes', async () => {
    const clock = fakeClock();
    const store = new Store({ clock });
    store.create('pods', object('one'));
    await clock.advance(200_000);
    store.create('pods', object('two'));
    expect(store.since('pods', 1)).toHaveLength(2);
    await clock.advance(101_000);
    store.create('pods', object('three'));
    expect(() => store.since('pods', 1)).toThrow(CompactedError);
    expect(store.since('pods', 2)).toHaveLength(2);
  });

  it('delivers changes that a watcher makes after the one that it is told of', () => {
    const store = new Store({ clock: fakeClock() });
    const seen: string[] = [];
    store.watch('pods', (event) => {
      if (event.object.metadata.name === 'one') store.create('pods', object('two'));
    });
    store.watch('pods', (event) => {
      seen.push(event.object.metadata.name);
    });
    store.create('pods', object('one'));
    expect(seen).toEqual(['one', 'two']);
  });

  it('goes back to an earlier revision with what was there', () => {
    const store = new Store({ clock: fakeClock() });
    store.create('pods', object('one'));
    store.create('pods', object('two'));
    store.rewind(2);
    expect(names(store.list('pods'))).toEqual(['one']);
    expect(store.create('pods', object('other'))?.metadata.resourceVersion).toBe('3');
    expect(() => store.since('pods', 1)).toThrow(CompactedError);
  });
});
