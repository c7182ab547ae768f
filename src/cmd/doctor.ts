import { argoStanza } from '../doctor/argocd.js';
import { checks } from '../doctor/registry.js';
import { examine, exitCodeOf } from '../doctor/examine.js';
import { locate } from '../doctor/locate.js';
import { namesOf } from '../doctor/names.js';
import { createReader } from '../doctor/reader.js';
import { toJson, toText } from '../doctor/report.js';
import { systemClock } from '../telemetry/clock.js';
import type { Io } from './command.js';
import { noPositionals, oneOf, parseFlags } from './flags.js';
import { connectAsUser } from './user-cluster.js';
import { version } from './version.js';

export const usage = `Usage: tidegate doctor [-n NAMESPACE] [-o table|json] [FLAGS]

Looks at a cluster before and after the install: what is wrong, why, and what to do. It changes nothing.
Exit code 0: no fault, warnings there may be; 1: a fault, or the API server cannot be asked.

  -n, --namespace NAME    where tidegate is installed (default: where its webhook configuration leads)
      --release NAME      the Helm release (default: the only one, or tidegate)
  -o, --output FORMAT     table (default) or json, a list with an entry for each finding
      --no-dry-run        create nothing, not even by a dry-run
      --argocd            only print what an Argo CD Application of the release needs; no cluster is asked
      --kubeconfig FILE   the cluster (default: as kubectl finds it)`;

export async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseFlags(args, {
    namespace: { type: 'string', short: 'n' },
    release: { type: 'string' },
    output: { type: 'string', short: 'o', default: 'table' },
    'dry-run': { type: 'boolean', default: true },
    argocd: { type: 'boolean', default: false },
    kubeconfig: { type: 'string' },
  });
  noPositionals(positionals);
  const output = oneOf('output', values.output, ['table', 'json']);
  const { namespace, release } = values;
  if (values.argocd) {
    io.stdout(argoStanza(namesOf(release ?? 'tidegate', '')));
    return 0;
  }
  const cluster = await connectAsUser(values.kubeconfig);
  try {
    const results = await examine(checks, {
      read: createReader(cluster.client),
      names: await locate(cluster.client, { release, namespace }),
      version: version(),
      now: systemClock.now(),
      sleep: (ms) => systemClock.sleep(ms),
      dryRun: values['dry-run'],
    });
    const { colours = false, columns = 160 } = io.terminal ?? {};
    io.stdout(output === 'json' ? toJson(results) : toText(results, { colours, columns }));
    return exitCodeOf(results);
  } finally {
    await cluster.close();
  }
}
