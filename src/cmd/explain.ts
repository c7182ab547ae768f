import { explain } from '../explain/explain.js';
import { explanationText } from '../explain/text.js';
import { reviewManifest } from '../manifests/review.js';
import { namespaceKind, policyKind } from '../policy/schema.js';
import { createPaint } from '../text/paint.js';
import type { Io } from './command.js';
import { noPositionals, oneOf, parseFlags } from './flags.js';
import { inputFlags, readInput } from './input.js';

export const usage = `Usage: tidegate explain -f FILE|- --policies PATH… [-n NAMESPACE] [-o text|json]

Tells of each manifest whether its creation would move it to virtual nodes and why: every policy, every provider, every
thing that the policy wants. The words are those of the log, the metrics and the audit annotations.

  -f, --filename FILE   manifests as YAML or JSON: a file, a folder's files, or - for standard input; may be repeated
  --policies PATH       policies, a folder or a file; may be repeated
  -n, --namespace NAME  of manifests that name none (default default)
  -o, --output FORMAT   text (default) or json, a list with an entry for each manifest`;

/** Prints text, or the JSON of a list of `Explanation`. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseFlags(args, {
    ...inputFlags,
    output: { type: 'string', short: 'o', default: 'text' },
  });
  noPositionals(positionals);
  const output = oneOf('output', values.output, ['text', 'json']);
  const { manifests, snapshot, namespace } = await readInput(values, io);

  // What only helps to explain the others.
  const asked = manifests.filter(({ kind }) => kind !== namespaceKind && kind !== policyKind);
  const explanations = asked.map((manifest) =>
    explain(reviewManifest(manifest, namespace, snapshot), snapshot),
  );
  if (output === 'json') {
    io.stdout(`${JSON.stringify(explanations, null, 2)}\n`);
    return 0;
  }
  if (explanations.length === 0) io.stderr('no manifest to explain\n');
  const { colours = false, columns = 80 } = io.terminal ?? {};
  const options = { paint: createPaint(colours), columns: Math.min(columns, widest) };
  io.stdout(
    explanations.map((one) => explanationText(one, options)).join(`\n${'─'.repeat(options.columns)}\n\n`),
  );
  return 0;
}

/** Longer lines are hard to read. */
const widest = 120;
