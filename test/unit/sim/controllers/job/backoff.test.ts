import { describe, expect, it } from 'vitest';
import { addFinished, finishedAt, noBackoff } from '../../../../../src/sim/controllers/job/backoff.js';
import { ago, jobPod, now } from '../../../../support/sim-objects.js';

const ended = (name: string, seconds: number) =>
  jobPod(name, {
    status: {
      containerStatuses: [{ name: 'main', state: { terminated: { exitCode: 1, finishedAt: ago(seconds) } } }],
    },
  });

describe('addFinished (backoff_utils.go newBackoffRecord)', () => {
  it('adds failures to those before', () => {
    const after = addFinished({ failures: 2, lastFailure: 1 }, [], [ended('a', 9), ended('b', 5)]);
    expect(after).toEqual({ failures: 4, lastFailure: now - 5000 });
  });

  it('begins again with a success, and counts only the failures after it', () => {
    const after = addFinished(
      { failures: 5, lastFailure: 1 },
      [ended('s', 7)],
      [ended('a', 9), ended('b', 5)],
    );
    expect(after).toEqual({ failures: 1, lastFailure: now - 5000 });
    expect(addFinished({ failures: 5, lastFailure: 1 }, [ended('s', 7)], [])).toEqual(noBackoff);
  });

  it('keeps the record where nothing finished', () => {
    expect(addFinished({ failures: 5, lastFailure: 1 }, [], [])).toEqual({ failures: 5, lastFailure: 1 });
  });
});

describe('finishedAt', () => {
  it('is the end of the last container', () => {
    expect(finishedAt(ended('a', 5))).toBe(now - 5000);
  });

  it('is when the pod stopped being ready, where a container has no end', () => {
    expect(finishedAt(jobPod('a', { phase: 'Failed', readyFor: 8 }))).toBe(now - 8000);
  });

  it('is when its deletion began, where it never was ready', () => {
    const metadata = { deletionTimestamp: ago(-30), deletionGracePeriodSeconds: 30 };
    expect(finishedAt(jobPod('a', { metadata, status: { phase: 'Pending' } }))).toBe(now);
  });
});
