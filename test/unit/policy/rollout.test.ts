import { describe, expect, it } from 'vitest';
import { isWithinRollout, rolloutBucket } from '../../../src/policy/rollout.js';
import { policy } from '../../support/policy.js';
import { workload } from '../../support/workload.js';

const share = (percent: number, names: readonly string[]) => {
  const half = policy('half', { rolloutPercent: percent });
  return names.filter((name) => isWithinRollout(half, workload({ name }))).length / names.length;
};
const names = Array.from({ length: 10_000 }, (_, i) => `job-${i}`);

describe('isWithinRollout', () => {
  it.each([
    [0, 0],
    [100, 1],
  ])('places at %i percent the share %i', (percent, expected) => {
    expect(share(percent, names)).toBe(expected);
  });

  it.each([1, 10, 25, 50, 75, 90, 99])(
    'places %i percent of ten thousand names, give or take 3',
    (percent) => {
      expect(Math.abs(share(percent, names) * 100 - percent)).toBeLessThan(3);
    },
  );

  it('only adds workloads when the percentage grows', () => {
    const within = (percent: number, name: string) =>
      isWithinRollout(policy('a', { rolloutPercent: percent }), workload({ name }));
    const lost = names.slice(0, 500).filter((name) => within(30, name) && !within(40, name));
    expect(lost).toEqual([]);
  });

  it('answers the same for a CronJob and for the Jobs that it owns', () => {
    const owned = { kind: 'Job', name: 'report-28391', controllerName: 'report' } as const;
    for (let percent = 0; percent <= 100; percent += 1) {
      const some = policy('a', { rolloutPercent: percent });
      expect(isWithinRollout(some, workload(owned))).toBe(
        isWithinRollout(some, workload({ name: 'report' })),
      );
    }
  });
});

describe('rolloutBucket', () => {
  it('never changes: workloads would move', () => {
    expect(['report', 'report-1', 'ü', ''].map((name) => rolloutBucket('cronjobs', 'apps', name))).toEqual([
      10, 48, 9, 51,
    ]);
  });

  it('spreads names over all hundred buckets evenly', () => {
    const counts = new Array<number>(100).fill(0);
    for (const name of names) counts[rolloutBucket('a', 'b', name)]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(60);
    expect(Math.max(...counts)).toBeLessThan(140);
  });

  it('does not give two policies the same workloads', () => {
    const both = names.filter(
      (name) => rolloutBucket('a', 'x', name) < 50 && rolloutBucket('b', 'x', name) < 50,
    );
    expect(Math.abs(both.length - 2500)).toBeLessThan(300);
  });
});
