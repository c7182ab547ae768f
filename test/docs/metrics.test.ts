import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as metrics from '../../src/telemetry/metrics.js';
import { refusals } from '../../src/webhook/route.js';

const text = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');

/** The rows of the tables whose first cell is a metric: name, type, labels, help. */
function documented(): unknown[] {
  const rows = text.matchAll(/^\| `(tidegate_\w+)` \| (\w+) \| (.*?) ?\| (.+) \|$/gm);
  return [...rows].map(([, name, type, labels = '', help]) => ({
    name,
    type,
    labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
    help,
  }));
}

function registered(): unknown[] {
  const registry = metrics.createRegistry({ version: 'test' });
  for (const [name, register] of Object.entries(metrics)) {
    if (name.endsWith('Metrics')) (register as (registry: metrics.Registry) => unknown)(registry);
  }
  return registry
    .getMetricsAsArray()
    .filter(({ name }) => name.startsWith('tidegate_'))
    .map((metric) => {
      const { name, help, type, labelNames } = metric as unknown as Record<string, unknown>;
      return { name, type, labels: labelNames, help };
    });
}

describe('docs/metrics.md', () => {
  it('lists every metric that the code registers, in its words, and no other', () => {
    expect(documented()).toEqual(registered());
  });

  it('names every refusal with its status, and no other', () => {
    const line = /^\* `reason` of a refusal: (.+)\.$/m.exec(text)?.[1] ?? '';
    const named = [...line.matchAll(/`([a-z-]+)` \((\d+)\)/g)].map(([, reason, status]) => [
      reason,
      Number(status),
    ]);
    expect(Object.fromEntries(named)).toEqual(refusals);
  });
});
