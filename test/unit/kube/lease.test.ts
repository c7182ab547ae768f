import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createElection, type Election, type ElectionDeps, type Term } from '../../../src/kube/lease.js';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';
import { noRandom } from '../../support/kube.js';
import { leaseStore, type LeaseStore } from '../../support/lease-store.js';

let clock: FakeClock;
let store: LeaseStore;

beforeEach(() => {
  clock = fakeClock(Date.UTC(2026, 0, 1));
  store = leaseStore();
});

interface Replica {
  readonly election: Election;
  readonly terms: Term[];
  readonly faults: string[];
  /** Aborts; settles when it has left. */
  stop(): Promise<void>;
}

/** Leads until it loses the lease or is stopped. */
const lead: ElectionDeps['lead'] = (term, stop) =>
  new Promise((resolve) => {
    for (const signal of [term.signal, stop]) {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => {
        resolve();
      });
    }
  });

function join(identity: string, deps: Partial<ElectionDeps> = {}): Replica {
  const terms: Term[] = [];
  const faults: string[] = [];
  const end = new AbortController();
  const election = createElection({
    client: store.client,
    clock,
    random: noRandom,
    namespace: 'tidegate',
    name: 'controllers',
    identity,
    onFault: (error) => faults.push(error instanceof Error ? error.message : String(error)),
    ...deps,
    lead: (term, stop) => {
      terms.push(term);
      return (deps.lead ?? lead)(term, stop);
    },
  });
  const running = election.run(end.signal);
  return {
    election,
    terms,
    faults,
    stop: () => {
      end.abort();
      return running;
    },
  };
}

const spec = () => store.lease!['spec'];

describe('createElection', () => {
  it('makes the Lease where there is none, and leads', async () => {
    const a = join('a');
    await clock.advance(0);
    expect(a.election.isLeader).toBe(true);
    expect(store.lease).toMatchObject({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' });
    expect(spec()).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      leaseTransitions: 0,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.000000Z',
    });
    await a.stop();
  });

  it('renews every two seconds, on what it wrote last, without reading', async () => {
    const a = join('a');
    await clock.advance(6000);
    expect(store.log).toEqual(['get', 'create a', 'update a', 'update a', 'update a']);
    expect(spec()).toMatchObject({
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:06.000000Z',
    });
    await a.stop();
  });

  it('leaves what others keep in the Lease', async () => {
    const a = join('a');
    await clock.advance(0);
    await a.stop();
    store.lease = { ...store.lease!, metadata: { ...store.lease!.metadata, labels: { team: 'x' } } };
    store.edit({ strategy: 'OldestEmulationVersion' });
    const b = join('b');
    await clock.advance(2000);
    expect(store.lease.metadata.labels).toEqual({ team: 'x' });
    expect(spec()).toMatchObject({ strategy: 'OldestEmulationVersion', holderIdentity: 'b' });
    await b.stop();
  });

  it('keeps everybody else out while it renews', async () => {
    const a = join('a');
    await clock.advance(0);
    const b = join('b');
    await clock.advance(600_000);
    expect([a.election.isLeader, b.election.isLeader, b.election.holder]).toEqual([true, false, 'a']);
    await Promise.all([a.stop(), b.stop()]);
  });

  it('lets candidates ask again after 2 to 4.4 seconds, at random', async () => {
    const a = join('a');
    await clock.advance(0);
    const b = join('b', { random: () => 0.5 });
    await clock.advance(1999);
    store.log.length = 0;
    await clock.advance(1200);
    expect(store.log).toEqual(['update a']);
    await clock.advance(1);
    expect(store.log).toEqual(['update a', 'get']);
    await Promise.all([a.stop(), b.stop()]);
  });

  it('hands over at once when it is stopped, with a higher number', async () => {
    const a = join('a');
    await clock.advance(0);
    const b = join('b');
    await clock.advance(0);
    await a.stop();
    expect(spec()).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    await clock.advance(2000);
    expect(b.election.isLeader).toBe(true);
    expect([a.terms[0]!.number, b.terms[0]!.number]).toEqual([0, 1]);
    await b.stop();
  });

  it('renews while its work ends in good order, and gives the lease back only then', async () => {
    const a = join('a', {
      lead: (_, stop) => lead({ signal: stop } as Term, stop).then(() => clock.sleep(60_000)),
    });
    await clock.advance(0);
    const b = join('b');
    const stopped = a.stop();
    await clock.advance(59_999);
    expect([a.election.isLeader, b.election.isLeader]).toEqual([true, false]);
    expect(store.log).not.toContain('update');
    await clock.advance(1);
    await stopped;
    expect(store.log).toContain('update');
    await b.stop();
  });

  it('takes over 15 seconds after it last saw the holder renew, whatever the wall clocks say', async () => {
    const times = {
      holderIdentity: 'gone',
      leaseDurationSeconds: 15,
      renewTime: '2036-01-01T00:00:00.000000Z',
    };
    store.lease = { metadata: { resourceVersion: '0' }, spec: times };
    const b = join('b');
    await clock.advance(9000);
    store.edit({ renewTime: '2016-01-01T00:00:00.000000Z' });
    await clock.advance(1000);
    clock.jumpWall(86_400_000);
    await clock.advance(14_999);
    expect(b.election.isLeader).toBe(false);
    clock.jumpWall(-2 * 86_400_000);
    await clock.advance(1001);
    expect(b.election.isLeader).toBe(true);
    await b.stop();
  });

  it('does not take a lease over before its holder was silent for the time that the holder itself named', async () => {
    store.lease = {
      metadata: { resourceVersion: '1' },
      spec: { holderIdentity: 'old', leaseDurationSeconds: 60 },
    };
    const b = join('b');
    await clock.advance(59_999);
    expect(b.election.isLeader).toBe(false);
    await clock.advance(1);
    expect([b.election.isLeader, b.terms[0]!.number]).toEqual([true, 1]);
    await b.stop();
  });

  it('loses its term ten seconds after the renewal that worked was sent', async () => {
    const a = join('a');
    await clock.advance(4000);
    store.fault = 'server';
    await clock.advance(9999);
    expect(a.terms[0]!.signal.aborted).toBe(false);
    await clock.advance(1);
    expect([a.terms[0]!.signal.aborted, a.election.isLeader]).toEqual([true, false]);
    expect(a.faults[0]).toBe('fault');
    await a.stop();
  });

  it('counts from when the renewal was sent, however late the answer came', async () => {
    const { get, create, update } = store.client;
    const slow: typeof update = async (...args) => {
      const answer = await update(...args);
      await clock.sleep(3000);
      return answer;
    };
    const a = join('a', { client: { get, create, update: slow } });
    await clock.advance(5000);
    store.fault = 'server';
    await clock.advance(6999);
    expect(a.terms[0]!.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(a.terms[0]!.signal.aborted).toBe(true);
    await a.stop();
  });

  it('loses its term in time when the server is mute', async () => {
    const a = join('a');
    await clock.advance(4000);
    store.mute = true;
    await clock.advance(10_000);
    expect(a.terms[0]!.signal.aborted).toBe(true);
    store.mute = false;
    await a.stop();
  });

  it('loses its term at once when another holds the lease', async () => {
    const a = join('a');
    await clock.advance(0);
    store.edit({ holderIdentity: 'thief' });
    await clock.advance(4000);
    expect(a.terms[0]!.signal.aborted).toBe(true);
    await a.stop();
    expect(spec()).toMatchObject({ holderIdentity: 'thief' });
  });

  it('loses its term at once when somebody deletes the Lease', async () => {
    const a = join('a');
    await clock.advance(0);
    store.lease = undefined;
    await clock.advance(4000);
    expect(a.terms[0]!.signal.aborted).toBe(true);
    await a.stop();
  });

  it('keeps its term when somebody else edits the Lease', async () => {
    const a = join('a');
    await clock.advance(0);
    store.edit({ strategy: 'x' });
    await clock.advance(60_000);
    expect([a.terms.length, a.election.isLeader, a.faults]).toEqual([1, true, []]);
    await a.stop();
  });

  it('says that a term is over even where the timer is late', async () => {
    const late: FakeClock = { ...clock, after: () => () => undefined };
    const a = join('a', { clock: late });
    await clock.advance(0);
    const term = a.terms[0]!;
    store.mute = true;
    await clock.advance(9999);
    expect(term.isValid()).toBe(true);
    await clock.advance(1);
    expect([term.signal.aborted, term.isValid(), a.election.isLeader]).toEqual([false, false, false]);
  });

  it('stands again after a loss, but not before its work has ended', async () => {
    let finish: () => void = () => undefined;
    const a = join('a', {
      lead: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    });
    await clock.advance(0);
    store.fault = 'unreachable';
    await clock.advance(12_000);
    store.fault = undefined;
    await clock.advance(60_000);
    expect(a.terms).toHaveLength(1);
    finish();
    await clock.advance(2000);
    expect(a.terms.map((term) => term.number)).toEqual([0, 1]);
    finish();
    await clock.advance(0);
    await a.stop();
  });

  it('gives the lease back when its work ends or throws, and stands again', async () => {
    const a = join('a', { lead: () => Promise.reject(new Error('broken')) });
    await clock.advance(0);
    expect(spec()).toMatchObject({ holderIdentity: '' });
    await clock.advance(2000);
    expect(a.terms.map((term) => term.number)).toEqual([0, 1]);
    expect(a.faults).toEqual(['broken', 'broken']);
    await a.stop();
  });

  it('never stops standing, whatever the server answers', async () => {
    store.fault = 'forbidden';
    const a = join('a');
    await clock.advance(60_000);
    store.fault = undefined;
    await clock.advance(2000);
    expect(a.election.isLeader).toBe(true);
    await a.stop();
  });

  it('has at most one valid term at any moment, whatever fails for whom', async () => {
    const step = fc.record({
      ms: fc.nat(20_000),
      broken: fc.subarray(['a', 'b', 'c']),
      muted: fc.subarray(['a', 'b', 'c']),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        clock = fakeClock();
        store = leaseStore();
        const broken = new Set<string>();
        const muted = new Set<string>();
        const replicas = ['a', 'b', 'c'].map((identity, i) => {
          const refuse =
            <A extends unknown[], R>(ask: (...args: A) => Promise<R>) =>
            (...args: A): Promise<R> => {
              if (muted.has(identity)) return clock.sleep(5000).then(() => Promise.reject(new Error('mute')));
              return broken.has(identity) ? Promise.reject(new Error('broken')) : ask(...args);
            };
          const { get, create, update } = store.client;
          const client = { get: refuse(get), create: refuse(create), update: refuse(update) };
          return join(identity, { client, random: () => i / 3 });
        });
        const numbers: number[] = [];
        for (const { ms, broken: nowBroken, muted: nowMuted } of steps) {
          broken.clear();
          muted.clear();
          for (const identity of nowBroken) broken.add(identity);
          for (const identity of nowMuted) muted.add(identity);
          for (let passed = 0; passed < ms; passed += 500) {
            await clock.advance(500);
            const valid = replicas.flatMap((replica) => replica.terms.filter((term) => term.isValid()));
            expect(valid.length).toBeLessThanOrEqual(1);
            if (valid[0] !== undefined && numbers.at(-1) !== valid[0].number) numbers.push(valid[0].number);
          }
        }
        expect(numbers).toEqual([...new Set(numbers)].sort((x, y) => x - y));
        broken.clear();
        muted.clear();
        const ended = Promise.all(replicas.map((replica) => replica.stop()));
        await clock.advance(30_000);
        await ended;
      }),
      { numRuns: 40 },
    );
  });
});
