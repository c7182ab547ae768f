import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AppError, messageOf } from '../errors.js';
import { compile } from '../placement/compile.js';
import type { Snapshot } from '../placement/snapshot.js';
import { formatPath } from '../policy/fault.js';
import { compileMatchers } from '../policy/matchers.js';
import { providers } from '../providers/registry.js';
import type { Door } from '../sim/controllers/door.js';
import { controllerOf } from '../sim/controllers/objects.js';
import { renderComparison } from '../sim/scenario/compare.js';
import { stageLimits } from '../sim/scenario/limits.js';
import { renderReport } from '../sim/scenario/render.js';
import { reportOf, type Report } from '../sim/scenario/report.js';
import { runScenario } from '../sim/scenario/run.js';
import { parseScenario } from '../sim/scenario/schema.js';
import type { Scenario } from '../sim/scenario/schema.js';
import type { Webhook } from '../sim/scenario/tidegate.js';
import { providersOf } from '../sim/scenario/virtual.js';
import { type Position, readYaml } from '../sources/yaml-documents.js';
import { deletionCostAnnotation, optInLabel, optInValue } from '../objects/well-known.js';
import type { Clock } from '../telemetry/clock.js';
import { admitBinding } from '../webhook/binding.js';
import { admit } from '../webhook/admit.js';
import { admitPodStatus } from '../webhook/pod-status.js';
import type { Io } from './command.js';
import { startOwnScheduler, usesOwnScheduler } from './demo-scheduler.js';

/** Scenarios that come with tidegate, in `examples/scenarios`. */
export const scenarioNames = ['deploy', 'midnight', 'evening', 'stock-out', 'rollout', 'day'] as const;

export interface ScenarioOptions {
  /** One of `scenarioNames`, or a file. */
  readonly scenario: string;
  /** `both`: one after the other, and their figures side by side. */
  readonly tidegate: 'with' | 'without' | 'both';
  readonly output: 'text' | 'json';
}

/** Runs one scenario and prints its report. @throws AppError with every fault of the file. */
export async function runDemoScenario(options: ScenarioOptions, io: Io): Promise<number> {
  const { scenario: name, tidegate, output } = options;
  const scenario = await readScenario(name);
  const { colours = false, columns = 100 } = io.terminal ?? {};
  const play = (withTidegate: boolean) => playOnce(scenario, withTidegate, output, io);
  const rendering = { width: columns, colour: colours };
  if (tidegate === 'both') {
    const comparison = { without: await play(false), with: await play(true) };
    io.stdout(output === 'json' ? json(comparison) : renderComparison(comparison, rendering));
    return 0;
  }
  const report = await play(tidegate === 'with');
  io.stdout(output === 'json' ? json(report) : renderReport(report, rendering));
  return 0;
}

async function playOnce(
  scenario: Scenario,
  withTidegate: boolean,
  output: ScenarioOptions['output'],
  io: Io,
): Promise<Report> {
  const showsProgress = io.terminal?.colours === true && output === 'text';
  const result = await runScenario(scenario, {
    ...(withTidegate ? { tidegate: (door: Door, clock: Clock) => webhookOf(scenario, door, clock) } : {}),
    ...(withTidegate && usesOwnScheduler(scenario) ? { scheduler: startOwnScheduler } : {}),
    onProgress: (share) => {
      if (showsProgress) io.stderr(progress(scenario.metadata.name, share));
    },
  });
  const largest = Math.max(...scenario.spec.workloads.map(({ count }) => count));
  const limits = scenario.spec.report.includes('limits') ? await stageLimits(largest) : [];
  return reportOf(result, withTidegate, limits);
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

async function readScenario(name: string): Promise<Scenario> {
  const isShipped = (scenarioNames as readonly string[]).includes(name);
  const shipped = new URL(`../../examples/scenarios/${name}.yaml`, import.meta.url);
  const file = isShipped ? fileURLToPath(shipped) : name;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const known = `expected a file or one of ${scenarioNames.join(', ')}`;
    throw new AppError('file-unreadable', `cannot read scenario ${name}: ${messageOf(error)}; ${known}`, {
      cause: error,
    });
  });
  return toScenario(file, text);
}

/** @throws AppError policy-invalid, with every fault by line and column. */
export function toScenario(file: string, text: string): Scenario {
  const { documents, faults } = readYaml(text);
  const [document, ...others] = documents;
  if (faults.length > 0) throw invalid(faults.map(({ message, ...at }) => located(file, at, message)));
  if (document === undefined || others.length > 0) {
    throw invalid([located(file, start, `expected one Scenario, got ${documents.length} documents`)]);
  }
  const parsed = parseScenario(document.value);
  if (parsed.ok) return parsed.value;
  throw invalid(
    parsed.faults.map(({ path, message }) =>
      located(
        file,
        document.positionOf(path),
        path.length === 0 ? message : `${formatPath(path)}: ${message}`,
      ),
    ),
  );
}

const start: Position = { line: 1, column: 1 };

const located = (file: string, { line, column }: Position, message: string): string =>
  `${file}:${line}:${column}: ${message}`;

const invalid = (lines: readonly string[]): AppError => new AppError('policy-invalid', lines.join('\n'));

/** The real webhook's three answers, in this process. */
export function webhookOf({ spec }: Scenario, door: Door, clock: Clock): Webhook {
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const snapshot: Snapshot = {
    index: compileMatchers(spec.policies, (policy) => compile(policy, byName)),
    observe: false,
    namespaceLabels: (name) => ({
      'kubernetes.io/metadata.name': name,
      ...(spec.optedIn.includes(name) ? { [optInLabel]: optInValue } : {}),
    }),
  };
  const context = {
    snapshot,
    providersOf: (node: string) => {
      const found = providersOf(door.get('nodes', '', node));
      return found.length === 0 ? undefined : found;
    },
    podOf: (namespace: string, name: string) => {
      const pod = door.get('pods', namespace, name);
      return (
        pod && {
          uid: pod.metadata.uid,
          ownerKind: controllerOf(pod.metadata)?.kind ?? '',
          hasCost: pod.metadata.annotations?.[deletionCostAnnotation] !== undefined,
          inWorkloadSpread: false,
          labels: {},
        }
      );
    },
    rivalOf: () => undefined,
  };
  return {
    mutate(body) {
      const { review, verdict } = admit(body, snapshot, JSON.stringify(body).length);
      return { review, verdict: verdict.kind, because: verdict.because };
    },
    mutateBinding(body) {
      const { review, verdict } = admitBinding(body, context);
      return { review, verdict: verdict.kind, because: verdict.because };
    },
    mutatePodStatus(body) {
      const { review, verdict } = admitPodStatus(body, { snapshot, now: clock.now() });
      return { review, verdict: verdict.kind, because: verdict.because };
    },
  };
}

/** One line that overwrites itself; gone at the end. */
function progress(name: string, share: number): string {
  const done = Math.round(share * 30);
  return share >= 1
    ? '\r\u001b[K'
    : `\r${name} ${'█'.repeat(done)}${'░'.repeat(30 - done)} ${Math.round(share * 100)} %`;
}
