import { injectFile, joinTexts, type Injected } from '../manifests/inject.js';
import { manifestError, objectFault, whereIs } from '../manifests/read.js';
import { reviewManifest, titleOf, type Reviewed } from '../manifests/review.js';
import { unifiedDiff } from '../text/unified-diff.js';
import { messageOf } from '../errors.js';
import { paintDiff } from '../text/diff-colours.js';
import { createPaint } from '../text/paint.js';
import type { Io } from './command.js';
import { noPositionals, oneOf, parseFlags } from './flags.js';
import { inputFlags, readInput } from './input.js';

export const usage = `Usage: tidegate inject -f FILE|- --policies PATH… [-n NAMESPACE] [-o yaml|json|diff]

Rewrites manifests as the webhook would when they are created, without a cluster. What is not to be changed passes
through as it is, comments and order too; running it again on what came out changes nothing. Warnings go to standard
error. A Namespace among the manifests or the policies says whether it has opted in; of any other that is assumed.

  -f, --filename FILE   manifests as YAML or JSON: a file, a folder's files, or - for standard input; may be repeated
  --policies PATH       policies, a folder or a file; may be repeated
  -n, --namespace NAME  of manifests that name none (default default)
  -o, --output FORMAT   yaml (default); json, a List where there are several; diff, what would change`;

export async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseFlags(args, {
    ...inputFlags,
    output: { type: 'string', short: 'o', default: 'yaml' },
  });
  noPositionals(positionals);
  const output = oneOf('output', values.output, ['yaml', 'json', 'diff']);
  const { files, manifests, snapshot, namespace } = await readInput(values, io);

  const reviewed = manifests.map((manifest) => reviewManifest(manifest, namespace, snapshot));
  refuseFailed(reviewed);
  const injected = files.map((file) => injectFile(file, reviewed));
  for (const line of [...reviewed.flatMap(warningsOf), ...injected.flatMap(lossesOf)]) io.stderr(`${line}\n`);
  io.stdout(render[output](injected, io));
  return 0;
}

/** The webhook lets pass what it cannot read; here is somebody who can mend it. */
function refuseFailed(reviewed: readonly Reviewed[]): void {
  const faults = reviewed.flatMap(({ manifest, verdict }) =>
    verdict.kind === 'failed' ? [objectFault(manifest, messageOf(verdict.error))] : [],
  );
  if (faults.length > 0) throw manifestError(faults);
}

const warningsOf = ({ manifest, namespace, review }: Reviewed): string[] =>
  (review.response.warnings ?? []).map(
    (warning) => `${whereIs(manifest)}: ${titleOf(manifest, namespace)}: ${warning}`,
  );

const lossesOf = ({ file, rewritten }: Injected): string[] =>
  rewritten.map(
    (document) => `${file.file}:${document.positionOf([]).line}: comments and layout could not be kept`,
  );

const render = {
  yaml: (injected: readonly Injected[]) => joinTexts(injected.map(({ text }) => text)),
  json: (injected: readonly Injected[]) => {
    const items = injected.flatMap(({ values }) => values);
    const [only, ...others] = items;
    const list = { apiVersion: 'v1', kind: 'List', items };
    return `${JSON.stringify(only !== undefined && others.length === 0 ? only : list, null, 2)}\n`;
  },
  diff: (injected: readonly Injected[], io: Io) =>
    paintDiff(
      injected.flatMap(({ file, text }) => unifiedDiff(file.file, file.text, text)),
      createPaint(io.terminal?.colours ?? false),
    ),
};
