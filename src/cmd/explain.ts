import { AppError, messageOf } from '../errors.js';
import { explain, type Explanation } from '../explain/explain.js';
import type { MarkExplanation } from '../explain/mark.js';
import { markText } from '../explain/mark-text.js';
import { explanationText } from '../explain/text.js';
import { reviewManifest } from '../manifests/review.js';
import { namespaceKind, policyKind } from '../policy/schema.js';
import { createPaint } from '../text/paint.js';
import type { Io } from './command.js';
import { checkNamespace, inputFlags, readInput, type InputValues } from './input.js';
import { oneOf, parseFlags } from './flags.js';
import { readObjectRef, type ObjectRef } from './object-ref.js';

export const usage = `Usage: tidegate explain -f FILE|- --policies PATH… [-n NAMESPACE] [-o text|json]
       tidegate explain pod/NAME|cronjob/NAME|job/NAME… [-n NAMESPACE] [-o text|json] [FLAGS]

Tells of each manifest, or of each CronJob or Job of a cluster, whether its creation would move it to virtual nodes and
why: every policy, every provider, every thing that the policy wants. Tells of a pod of a cluster why it has its
deletion cost or none: who put it there, how, and what it means when its owner shrinks. The words are those of the
log, the metrics and the audit annotations.

  -f, --filename FILE     manifests as YAML or JSON: a file, a folder's files, or - for standard input; may be repeated
      --policies PATH     policies, a folder or a file; may be repeated (default for objects of a cluster: its own)
  -n, --namespace NAME    of manifests that name none (default default); of objects of a cluster (default: the context's)
  -o, --output FORMAT     text (default) or json, a list with an entry for each
      --kubeconfig FILE   the cluster (default: as kubectl finds it)`;

type Explained = Explanation | MarkExplanation;

/** Prints text, or the JSON of a list of `Explanation` and `MarkExplanation`. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseFlags(args, {
    ...inputFlags,
    namespace: { type: 'string', short: 'n' },
    output: { type: 'string', short: 'o', default: 'text' },
    kubeconfig: { type: 'string' },
  });
  const output = oneOf('output', values.output, ['text', 'json']);
  const print = (all: readonly Explained[]): void => {
    io.stdout(output === 'json' ? `${JSON.stringify(all, null, 2)}\n` : toText(all, io));
  };
  if (positionals.length === 0) {
    if (values.kubeconfig !== undefined) {
      throw new AppError('usage', '--kubeconfig: expected pod/NAME, cronjob/NAME or job/NAME beside it');
    }
    const explanations = await fromFiles({ ...values, namespace: values.namespace ?? 'default' }, io);
    if (explanations.length === 0 && output === 'text') io.stderr('no manifest to explain\n');
    print(explanations);
    return 0;
  }
  if (values.filename !== undefined) {
    throw new AppError(
      'usage',
      `expected either -f or objects of a cluster, got '${positionals.join(' ')}' too`,
    );
  }
  const { explained, faults } = await fromCluster(positionals.map(readObjectRef), values, io);
  if (explained.length > 0) print(explained);
  for (const fault of faults) io.stderr(`tidegate explain: ${messageOf(fault)}\n`);
  return faults.length === 0 ? 0 : 1;
}

async function fromFiles(values: InputValues, io: Io): Promise<readonly Explanation[]> {
  const { manifests, snapshot, namespace } = await readInput(values, io);
  // What only helps to explain the others.
  const asked = manifests.filter(({ kind }) => kind !== namespaceKind && kind !== policyKind);
  return asked.map((manifest) => explain(reviewManifest(manifest, namespace, snapshot), snapshot));
}

/** Packages for a cluster are loaded only here. One object that cannot be explained does not hide the others. */
async function fromCluster(
  refs: readonly ObjectRef[],
  {
    policies: paths,
    namespace,
    kubeconfig,
  }: { readonly kubeconfig?: string | undefined } & Partial<InputValues>,
  io: Io,
): Promise<{ readonly explained: readonly Explained[]; readonly faults: readonly unknown[] }> {
  if (namespace !== undefined) checkNamespace(namespace);
  const { readPolicies } = await import('./read-policies.js');
  const { connectAsUser } = await import('./user-cluster.js');
  const { explainLive } = await import('./explain-cluster.js');
  const cluster = await connectAsUser(kubeconfig);
  try {
    const policies = await readPolicies(paths, cluster.client, (text) => {
      io.stderr(text);
    });
    const deps = { client: cluster.client, namespace: namespace ?? cluster.namespace, policies };
    const results = await Promise.allSettled(refs.map((ref) => explainLive(ref, deps)));
    return {
      explained: results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
      faults: results.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : [])),
    };
  } finally {
    await cluster.close();
  }
}

function toText(all: readonly Explained[], { terminal }: Io): string {
  const { colours = false, columns = 80 } = terminal ?? {};
  const options = { paint: createPaint(colours), columns: Math.min(columns, widest) };
  const texts = all.map((one) => ('next' in one ? markText(one, options) : explanationText(one, options)));
  return texts.join(`\n${'─'.repeat(options.columns)}\n\n`);
}

/** Longer lines are hard to read. */
const widest = 120;
