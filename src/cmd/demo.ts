import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { AppError } from '../errors.js';
import type { Io } from './command.js';
import { startDemoCluster, type DemoCluster } from './demo-cluster.js';
import { deployExamples, repeatDeploy } from './demo-deploys.js';
import { renderDeploys } from './demo-report.js';
import { runDemoScenario, scenarioNames } from './demo-scenario.js';
import { serveDemo } from './demo-serve.js';
import { noPositionals, oneOf, parseFlags } from './flags.js';
import { onTermination } from './signals.js';

export const usage = `Usage: tidegate demo [--serve [--kubeconfig-out FILE]]
       tidegate demo --scenario NAME|FILE [--without-tidegate|--compare] [-o text|json]

Starts a cluster in a box on this machine, and the real webhook beside it. Without a flag a stock client creates the
examples there; what came out of each is shown, and how long the webhook took. Then the scenario \`deploy\` plays: their
Jobs run on virtual nodes. Ends by itself.

  --serve                keep the cluster until Ctrl-C, for kubectl and whatever else speaks to an API server
  --kubeconfig-out FILE  where to write its kubeconfig (default: a temporary file, named on the screen)
  --scenario NAME|FILE   play a scenario on a model of a cluster, in simulated time, instead: ${scenarioNames.join(', ')},
                         or a file like those in examples/scenarios
  --without-tidegate     the same scenario in a cluster without it
  --compare              both, and their figures side by side
  -o text|json           how the report is printed (default text)`;

export async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseFlags(args, {
    serve: { type: 'boolean', default: false },
    'kubeconfig-out': { type: 'string' },
    scenario: { type: 'string' },
    'without-tidegate': { type: 'boolean', default: false },
    compare: { type: 'boolean', default: false },
    output: { type: 'string', short: 'o', default: 'text' },
  });
  noPositionals(positionals);
  if (values.scenario !== undefined) {
    const output = oneOf('output', values.output, ['text', 'json']);
    const { scenario, 'without-tidegate': withoutTidegate, compare } = values;
    if (withoutTidegate && compare) throw new AppError('usage', '--compare plays it without tidegate too');
    const tidegate = compare ? 'both' : withoutTidegate ? 'without' : 'with';
    return runDemoScenario({ scenario, tidegate, output }, io);
  }
  if (values.serve) return serveDemo(values['kubeconfig-out'], io);

  return showExamples(io);
}

/** Until it is done or a signal ends it; either way nothing is left behind. */
async function showExamples(io: Io): Promise<number> {
  const termination = onTermination();
  io.stdout('Starting a cluster in a box, and the webhook beside it …\n');
  const cluster = await startDemoCluster({ policies: [policies] });
  const shown = show(cluster, io);
  // What fails because the cluster is closed under it is no news.
  shown.catch(() => undefined);
  try {
    return await Promise.race([shown, termination.asked.then((signal) => 128 + constants.signals[signal])]);
  } finally {
    await cluster.close();
    termination.forget();
  }
}

async function show(cluster: DemoCluster, io: Io): Promise<number> {
  const deploys = await deployExamples(cluster, examples, policies);
  const seconds = await repeatDeploy(cluster, deploys);
  io.stdout(renderDeploys(deploys, seconds, io));
  io.stdout('\nAnd what becomes of them, on a model of a cluster:\n\n');
  await runDemoScenario({ scenario: 'deploy', tidegate: 'with', output: 'text' }, io);
  io.stdout(`\n${next}`);
  return 0;
}

const next = `Try next, from the folder of this repository:
  bin/tidegate explain -f examples/never-retry.yaml --policies examples/policies
  bin/tidegate inject -f examples/plain.yaml --policies examples/policies -o diff
  bin/tidegate demo --scenario midnight
  bin/tidegate demo --serve
`;

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const policies = fileURLToPath(new URL('../../examples/policies', import.meta.url));
