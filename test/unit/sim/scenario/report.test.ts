import { describe, expect, it } from 'vitest';
import { renderReport, sparkline, wrap } from '../../../../src/sim/scenario/render.js';
import { durationText, histogram } from '../../../../src/sim/scenario/report.js';
import type { Report } from '../../../../src/sim/scenario/report.js';
import { percentile } from '../../../../src/sim/scenario/trace.js';

const report: Report = {
  scenario: 'test',
  about: 'One run',
  tidegate: true,
  seed: 1,
  length: 600_000,
  stages: [{ stage: 'due → Job', count: 3, p50: 100, p99: 58_250, max: 58_550, histogram: [2, 0, 0, 1] }],
  limits: [{ stage: 'kube-scheduler', setting: '50 QPS, burst 100', ms: 98_000 }],
  takeaways: ['A long sentence that has to be broken somewhere because a terminal is only so wide as it is.'],
};

describe('renderReport', () => {
  it('is plain for a pipe', () => {
    expect(renderReport(report, { width: 80, colour: false })).toBe(
      [
        'test  with tidegate',
        'One run',
        "10m00s of simulated time, seed 1; a model's figures",
        '',
        'Stage by stage',
        '           runs     p50     p99    last  0 … last',
        'due → Job     3  100 ms  58.3 s  58.5 s  █  ▄',
        '',
        'Each stage of a stock cluster alone, all at once',
        'kube-scheduler  50 QPS, burst 100  98.0 s',
        '',
        'What to take from it',
        '- A long sentence that has to be broken somewhere because a terminal is only so',
        '  wide as it is.',
        '',
      ].join('\n'),
    );
  });

  it.each([40, 60, 80, 200])('fits %d columns', (width) => {
    const lines = renderReport(report, { width, colour: false }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  it('paints only for a terminal', () => {
    expect(renderReport(report, { width: 80, colour: true })).toContain('\u001b[1mtest');
    expect(renderReport(report, { width: 80, colour: false })).not.toContain('\u001b');
  });
});

describe('figures', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1500, '1.5 s'],
    [99_900, '99.9 s'],
    [598_550, '9m59s'],
    [3_600_000, '1h00m'],
  ])('%d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it('percentile is the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect([
      percentile(hundred, 0.5),
      percentile(hundred, 0.99),
      percentile([7], 0.99),
      percentile([], 0.5),
    ]).toEqual([50, 99, 7, 0]);
  });

  it('histogram counts every value once, the largest too', () => {
    const counts = histogram([0, 1, 12, 24], 24);
    expect([counts[0], counts[1], counts[12], counts[23], counts.length]).toEqual([1, 1, 1, 1, 24]);
    expect(histogram([0, 0], 0)[0]).toBe(2);
  });

  it('sparkline shows a column a value, or the largest of each part', () => {
    expect(sparkline([0, 1, 4, 8], 10)).toBe(' ▁▄█');
    expect(sparkline([1, 8, 1, 1], 2)).toBe('█▁');
    expect(sparkline([0, 0], 5)).toBe('  ');
  });

  it('wrap breaks at spaces only', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('unbreakable', 3)).toEqual(['unbreakable']);
  });
});
