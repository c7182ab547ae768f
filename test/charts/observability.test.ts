import { parser } from '@prometheus-io/lezer-promql';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chart, render } from '../support/helm.js';

const read = (path: string) => readFileSync(join(chart, path), 'utf8');
const documented = new Set(
  [
    ...readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8').matchAll(
      /`(tidegate_[a-z_]+)`/g,
    ),
  ].map(([, name]) => name),
);
/** The API server's own, and prom-client's process metrics. */
const others = /^(apiserver_admission_webhook_|process_)/;

/** Names of metrics in an expression. */
const metricsIn = (expression: string): readonly string[] =>
  [...expression.matchAll(/\b([a-z]+_[a-z_]+)(?=[{[\s)]|$)/g)]
    .map(([, name = '']) => name.replace(/_bucket$/, ''))
    .filter((name) => /^(tidegate|apiserver|process)_/.test(name));

/** What the grammar of Prometheus itself does not take, by position; Grafana's variables stand for a duration. */
function faultsOf(expression: string): readonly number[] {
  const faults: number[] = [];
  parser.parse(expression.replaceAll('$__rate_interval', '5m')).iterate({
    enter: ({ type, from }) => {
      if (type.isError) faults.push(from);
    },
  });
  return faults;
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}
const files = ['files/rules.yaml', 'files/controllers-rules.yaml', 'files/scheduler-rules.yaml'];
const rules = files.flatMap((file) =>
  (parse(read(file)) as { groups: { rules: readonly Rule[] }[] }).groups.flatMap((group) => group.rules),
);

describe.each(rules)('the alert $alert', ({ expr, labels, annotations }) => {
  it('asks for metrics that there are, and says what to do', () => {
    expect(faultsOf(expr)).toEqual([]);
    expect(metricsIn(expr).length).toBeGreaterThan(0);
    expect(metricsIn(expr).filter((name) => !others.test(name) && !documented.has(name))).toEqual([]);
    expect(['warning', 'critical']).toContain(labels.severity);
    expect(annotations.summary).not.toMatch(/\.$/);
    expect(annotations.description).toMatch(/\.$/);
  });
});

it('says so too where no process is left that could say it does not lead', () => {
  const leaders = rules.filter(({ expr }) => expr.includes('tidegate_leader'));
  expect(leaders.map(({ alert }) => alert)).toEqual(['TidegateNoLeader', 'TidegateSchedulerDown']);
  for (const { expr } of leaders) expect(expr).toMatch(/^\(max\(.+\) or vector\(0\)\) < 1$/);
});

/** Counters that each process has from its start. */
const startAtZero: readonly (string | undefined)[] = ['tidegate_certificate_reloads_total'];

it('counts the first of a counter that is born with it', () => {
  const counting = rules.filter(({ expr }) => expr.includes('increase('));
  expect(counting).toHaveLength(3);
  for (const { expr } of counting) {
    if (!startAtZero.includes(metricsIn(expr)[0]))
      expect(expr).toMatch(/\bor \([^]*\bunless count_over_time\(.* offset /);
  }
});

const promtool = process.env['PROMTOOL'] ?? 'promtool';
const hasPromtool = spawnSync(promtool, ['--version']).status === 0;

describe(`alerts${hasPromtool ? '' : ' (not run: no promtool is on the PATH, none is $PROMTOOL)'}`, () => {
  it.skipIf(!hasPromtool)('fire when they should, by promtool', () => {
    const cases = fileURLToPath(new URL('alerts.promtool.yaml', import.meta.url));
    const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', cases], { encoding: 'utf8' });
    expect([status, stderr], stdout).toEqual([0, '']);
  });
});

describe('the dashboard', () => {
  const { panels } = JSON.parse(read('files/dashboard.json')) as {
    panels: readonly { title: string; id: number; targets: readonly { expr: string }[] }[];
  };

  it.each(panels)('has metrics that there are in $title', ({ targets }) => {
    for (const { expr } of targets) {
      expect(faultsOf(expr)).toEqual([]);
      expect(metricsIn(expr).length).toBeGreaterThan(0);
      expect(metricsIn(expr).filter((name) => !others.test(name) && !documented.has(name))).toEqual([]);
    }
  });

  it('stands in its ConfigMap as it is', () => {
    const map = render({ metrics: { dashboard: { enabled: true } } }).find(({ metadata }) =>
      metadata.name?.endsWith('-dashboard'),
    );
    const data = map?.['data'] as Record<string, string>;
    expect(JSON.parse(data['tidegate.json'] ?? '')).toEqual(JSON.parse(read('files/dashboard.json')));
  });
});

describe('the grammar', () => {
  it('finds what is wrong', () => {
    expect(faultsOf('sum(rate(x[5m])) > 0')).toEqual([]);
    expect(faultsOf('sum(rate(x[5m]) > 0')).not.toEqual([]);
  });
});
