import { revertCluster } from '../controllers/adoption/revert.js';
import { AppError } from '../errors.js';
import type { Io } from './command.js';
import { noPositionals, parseFlags } from './flags.js';
import { connectAsUser } from './user-cluster.js';

export const usage = `Usage: tidegate revert -n NAMESPACE…|--all [FLAGS]

Takes back what tidegate has put into CronJobs, so that they are as they were before; do it before an uninstall. What
runs already, Jobs and Pods, is left as it is. A namespace that is still opted in is refused while the webhook is
registered: it would put everything in again in the same write. One that there is not is an error: nothing is written.

  -n, --namespace NAME    CronJobs of this namespace; may be repeated
      --all               of all namespaces
      --opt-out           first take the label tidegate.io/virtual-nodes off the namespaces that have it
      --dry-run           only say what would be done
      --kubeconfig FILE   the cluster (default: as kubectl finds it)`;

/** Writes are the API server's to slow down: somebody waits. */
const limits = { adoption: { perSecond: 200, burst: 200, inFlight: 16 } };

export async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseFlags(args, {
    namespace: { type: 'string', short: 'n', multiple: true, default: [] },
    all: { type: 'boolean', default: false },
    'opt-out': { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
    kubeconfig: { type: 'string' },
  });
  noPositionals(positionals);
  if (values.all === values.namespace.length > 0) {
    throw new AppError('usage', 'expected --all or at least one --namespace, and not both');
  }
  const cluster = await connectAsUser(values.kubeconfig, limits);
  try {
    const result = await revertCluster({
      client: cluster.client,
      namespaces: values.all ? undefined : values.namespace,
      optOut: values['opt-out'],
      dryRun: values['dry-run'],
      tell: (line) => {
        io.stdout(`${line}\n`);
      },
    });
    io.stdout(`${summary(result, values['dry-run'])}\n`);
    return result.failed === 0 ? 0 : 1;
  } finally {
    await cluster.close();
  }
}

function summary(
  { reverted, untouched, failed }: Awaited<ReturnType<typeof revertCluster>>,
  dryRun: boolean,
): string {
  const verb = dryRun ? 'would be reverted' : 'reverted';
  return `${reverted} CronJobs ${verb}, ${untouched} had nothing of tidegate on them, ${failed} failed`;
}
