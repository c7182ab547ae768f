import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import type { PolicyRead } from '../../../src/sources/policy-files.js';
import { type PolicyFilesDeps, watchPolicyFiles } from '../../../src/sources/watch-policy-files.js';
import { systemClock } from '../../../src/telemetry/clock.js';
import { fakeClock, until } from '../../support/fake-clock.js';
import { folderWith, mountConfigMap, writeFiles } from '../../support/folder.js';
import { policyDocument } from '../../support/policy.js';

const yaml = (name: string) => stringify(policyDocument(name));

/** Watches `path` on a clock that stands still, without hints unless given. */
async function watching(path: string, deps: Partial<PolicyFilesDeps> = {}) {
  const clock = fakeClock();
  const end = new AbortController();
  const offered: string[] = [];
  const { ended } = await watchPolicyFiles({
    paths: [path],
    clock,
    signal: end.signal,
    offer: (read) => offered.push(inShort(read)),
    watch: () => () => undefined,
    ...deps,
  });
  onTestFinished(async () => {
    end.abort();
    await ended;
  });
  /** Moves from timer to timer: real files are read in between. */
  const passes = async (timers: number) => {
    for (let i = 0; i < timers; i += 1) {
      await until('a timer', () => clock.pending > 0);
      await clock.advanceToNext();
    }
    await until('a timer', () => clock.pending > 0);
  };
  return { clock, end, ended, offered, passes };
}

function inShort(read: PolicyRead): string {
  return read.ok
    ? read.set.policies.map(({ metadata }) => metadata.name).join()
    : `fault: ${read.error.code}`;
}

describe('watchPolicyFiles', () => {
  it('offers what the files say at once, and the same content never again', async () => {
    const { offered, passes } = await watching(await folderWith({ 'a.yaml': yaml('a') }));
    await passes(3);
    expect(offered).toEqual(['a']);
  });

  it('offers a changed file once two looks agree on it', async () => {
    const folder = await folderWith({ 'a.yaml': yaml('a') });
    const { offered, passes } = await watching(folder);
    await passes(0);
    await writeFiles(folder, { 'b.yaml': yaml('b') });
    await passes(1);
    expect(offered).toEqual(['a']);
    await passes(1);
    expect(offered).toEqual(['a', 'a,b']);
  });

  it('never offers a content that did not last', async () => {
    const folder = await folderWith({ 'a.yaml': yaml('a') });
    const { offered, passes } = await watching(folder);
    await passes(0);
    await writeFiles(folder, { 'a.yaml': 'half a docu' });
    await passes(1);
    await writeFiles(folder, { 'a.yaml': yaml('b') });
    await passes(2);
    expect(offered).toEqual(['a', 'b']);
  });

  it('offers faults, and the good content when it comes back', async () => {
    const folder = await folderWith({ 'a.yaml': yaml('a') });
    const { offered, passes } = await watching(folder);
    await passes(0);
    await writeFiles(folder, { 'a.yaml': 'kind: Pod' });
    await passes(2);
    await writeFiles(folder, { 'a.yaml': yaml('a') });
    await passes(2);
    expect(offered).toEqual(['a', 'fault: policy-invalid', 'a']);
  });

  it('does not notice a folder that vanishes for a moment', async () => {
    const folder = await folderWith({ 'p/a.yaml': yaml('a') });
    const { offered, passes } = await watching(join(folder, 'p'));
    await passes(0);
    await rename(join(folder, 'p'), join(folder, 'q'));
    await passes(1);
    await rename(join(folder, 'q'), join(folder, 'p'));
    await passes(2);
    expect(offered).toEqual(['a']);
  });

  it('offers a fault for a folder that stays away', async () => {
    const folder = await folderWith({ 'p/a.yaml': yaml('a') });
    const { offered, passes } = await watching(join(folder, 'p'));
    await passes(0);
    await rm(join(folder, 'p'), { recursive: true });
    await passes(2);
    expect(offered).toEqual(['a', 'fault: file-unreadable']);
  });

  it('takes the swap of a mounted ConfigMap in one piece', async () => {
    const folder = await folderWith();
    await mountConfigMap(folder, '2026_01', { 'a.yaml': yaml('a1'), 'b.yaml': yaml('b1') });
    const { offered, passes } = await watching(folder);
    await passes(0);
    await mountConfigMap(folder, '2026_02', { 'a.yaml': yaml('a2'), 'b.yaml': yaml('b2') });
    await passes(2);
    expect(offered).toEqual(['a1,b1', 'a2,b2']);
  });

  it('looks again at once on a hint, and watches anew before every wait', async () => {
    const folder = await folderWith({ 'a.yaml': yaml('a') });
    const hints: (() => void)[] = [];
    let open = 0;
    const { clock, offered, passes, end, ended } = await watching(folder, {
      watch: (_, changed) => {
        hints.push(changed);
        open += 1;
        return () => (open -= 1);
      },
    });
    await passes(0);
    await writeFiles(folder, { 'a.yaml': yaml('b') });
    hints.at(-1)?.();
    await until('a short wait', () => (clock.nextIn ?? Infinity) <= 100);
    await passes(2);
    expect(offered).toEqual(['a', 'b']);
    expect(clock.monotonic()).toBeLessThan(1000);
    expect([hints.length, open]).toEqual([2, 1]);
    end.abort();
    await ended;
    expect(open).toBe(0);
  });

  it('polls where watching fails', async () => {
    const folder = await folderWith({ 'a.yaml': yaml('a') });
    const { offered, passes } = await watching(folder, {
      watch: () => {
        throw new Error('ENOSPC');
      },
    });
    await passes(0);
    await writeFiles(folder, { 'a.yaml': yaml('b') });
    await passes(2);
    expect(offered).toEqual(['a', 'b']);
  });

  it('waits for the next poll with files that never rest', async () => {
    const folder = await folderWith({ 'a.yaml': yaml('a') });
    const { clock, offered, passes } = await watching(folder);
    await passes(0);
    for (let i = 0; i <= 20; i += 1) {
      await writeFiles(folder, { 'a.yaml': yaml(`b${i}`) });
      await passes(1);
    }
    expect(offered).toEqual(['a']);
    expect(clock.nextIn).toBe(10_000);
  });

  it('hears the file system: a swapped ConfigMap is taken without a poll', async () => {
    const folder = await folderWith();
    await mountConfigMap(folder, '2026_01', { 'a.yaml': yaml('old') });
    const offered: string[] = [];
    const end = new AbortController();
    const { ended } = await watchPolicyFiles({
      paths: [folder],
      clock: systemClock,
      signal: end.signal,
      offer: (read) => offered.push(inShort(read)),
      pollMs: 3_600_000,
      settleMs: 5,
    });
    await mountConfigMap(folder, '2026_02', { 'a.yaml': yaml('new') });
    await until('the new policy', () => offered.length === 2);
    expect(offered).toEqual(['old', 'new']);
    end.abort();
    await ended;
  });
});
