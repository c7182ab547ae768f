import { standings, type Standing } from '../controllers/adoption/decide.js';
import { auditCluster, needsWork, type AuditEntry } from '../controllers/adoption/audit.js';
import { reasons } from '../policy/reasons.js';
import { createPaint, type Colour } from '../text/paint.js';
import { table, type Cell } from '../text/table.js';
import type { Io } from './command.js';
import { noPositionals, oneOf, parseFlags } from './flags.js';
import { readPolicies } from './read-policies.js';
import { connectAsUser } from './user-cluster.js';

export const usage = `Usage: tidegate audit [-n NAMESPACE] [-o table|json] [FLAGS]

Lists every CronJob of the cluster, and every Job and Pod that nobody controls where a policy is for such: as-wanted,
missed (a policy would have placed it), would-change (placed otherwise than wanted by now), left-alone, and why.
Exit code 0: all are as wanted or left alone; 3: something is missed or would change; 1: there is no such namespace.

  -n, --namespace NAME    this namespace only (default all)
  -o, --output FORMAT     table (default) or json, a list with an entry for each workload
      --policies PATH     policies, a folder or a file; may be repeated (default: those of the cluster)
      --kubeconfig FILE   the cluster (default: as kubectl finds it)`;

export async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseFlags(args, {
    namespace: { type: 'string', short: 'n' },
    output: { type: 'string', short: 'o', default: 'table' },
    policies: { type: 'string', multiple: true },
    kubeconfig: { type: 'string' },
  });
  noPositionals(positionals);
  const output = oneOf('output', values.output, ['table', 'json']);
  const cluster = await connectAsUser(values.kubeconfig);
  try {
    const policies = await readPolicies(values.policies, cluster.client, (text) => {
      io.stderr(text);
    });
    const entries = await auditCluster({
      client: cluster.client,
      policies,
      ...(values.namespace === undefined ? {} : { namespace: values.namespace }),
    });
    io.stdout(output === 'json' ? `${JSON.stringify(entries, null, 2)}\n` : toText(entries, io));
    return entries.some(({ standing }) => needsWork.has(standing)) ? 3 : 0;
  } finally {
    await cluster.close();
  }
}

const colours: Readonly<Record<Standing, Colour | undefined>> = {
  'as-wanted': 'green',
  missed: 'red',
  'would-change': 'yellow',
  'left-alone': 'dim',
};

function toText(entries: readonly AuditEntry[], { terminal }: Io): string {
  const { colours: hasColours = false, columns = 160 } = terminal ?? {};
  const heads = ['NAMESPACE', 'WORKLOAD', 'STANDING', 'POLICY', 'REASON'].map((text): Cell => ({ text }));
  const rows = entries.map((entry): readonly Cell[] => [
    { text: entry.namespace },
    { text: `${entry.kind.toLowerCase()}/${entry.name}` },
    withColour(entry.standing),
    { text: entry.policy ?? '-' },
    {
      text: `${reasons[entry.reason]} [${entry.reason}]${entry.where === undefined ? '' : ` (${entry.where})`}`,
    },
  ]);
  const lines = table([heads, ...rows], { paint: createPaint(hasColours), columns });
  const counts = standings.map((standing) => {
    const count = entries.filter((entry) => entry.standing === standing).length;
    return `${count} ${standing}`;
  });
  return `${lines.join('\n')}\n\n${entries.length} workloads: ${counts.join(', ')}\n`;
}

function withColour(standing: Standing): Cell {
  const colour = colours[standing];
  return { text: standing, ...(colour === undefined ? {} : { colour }) };
}
