import type { Colour } from '../text/paint.js';
import { table, wrap, type Cell } from '../text/table.js';
import type { MarkExplanation } from './mark.js';
import { outcomeWords, type TextOptions } from './text.js';

/** For a person: what the pod carries and why, in the first lines; then the policies, then what it means. */
export function markText(explanation: MarkExplanation, options: TextOptions): string {
  return [answer, policies, meaning]
    .map((section) => section(explanation, options))
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function answer(explanation: MarkExplanation, { paint, columns }: TextOptions): string[] {
  const { namespace, name, sentence, reason, node, optedIn, unknown } = explanation;
  const assumed = `The Namespace ${namespace} could not be read: that it has opted in is assumed.`;
  const lines = [
    `${carriedText(explanation)}: ${sentence} [${reason}]`,
    ...(nextText(explanation) ?? []),
    ...(optedIn === 'assumed' ? [assumed] : []),
    ...unknown.map((what) => `Not taken into account: ${what}`),
  ];
  return [
    `${paint('bold', `Pod ${namespace}/${name}`)}  ${paint('dim', nodeText(node))}`,
    ...lines.flatMap((line, i) =>
      wrap(line, columns).map((text) => paint(i === 0 ? colourOf(explanation) : undefined, text)),
    ),
  ];
}

function nodeText(node: MarkExplanation['node']): string {
  if (node === undefined) return 'not bound';
  if (node.state !== 'there') return `on ${node.name}, which is ${node.state}`;
  // Several presets may fit; the first is the most specific.
  const what = node.providers[0] ?? 'an ordinary node';
  return `on ${node.name}: ${what}${node.cordoned ? ', cordoned' : ''}`;
}

function carriedText({ deletionCost, by, writer, path, policy = '' }: MarkExplanation): string {
  if (deletionCost === undefined) return 'No deletion cost';
  const cost = `Deletion cost ${deletionCost}`;
  if (by === 'another') return `${cost} of another${writer === undefined ? '' : ` (written by ${writer})`}`;
  const way = path === 'bind' ? 'put there in the bind' : 'put there by the controller';
  return `${cost} of the policy ${policy}, ${way}`;
}

function nextText({ next, wanted }: MarkExplanation): string[] | undefined {
  if (next === 'unmark') return ['The controller takes it back.'];
  if (wanted === undefined) return undefined;
  return [`The controller writes ${wanted.cost} for the policy ${wanted.policy}.`];
}

function colourOf({ next, by }: MarkExplanation): Colour {
  if (next !== 'keep') return 'yellow';
  return by === 'tidegate' ? 'green' : 'yellow';
}

function policies({ policies: all, gives }: MarkExplanation, options: TextOptions): string[] {
  if (all.length === 0) return [];
  const given = gives === undefined ? '' : `${gives.cost} on nodes of ${gives.provider}`;
  const rows = all.map(({ policy, outcome, sentence = given }): Cell[] => [
    { text: policy },
    { text: outcomeWords[outcome], ...(outcome === 'decides' && { colour: 'green' }) },
    { text: sentence },
  ]);
  return [
    options.paint('bold', 'Policies, in the order in which they are asked'),
    ...table(rows, { ...options, indent: 2 }),
  ];
}

function meaning({ rank, owner }: MarkExplanation, { paint, columns }: TextOptions): string[] {
  if (rank === undefined || owner === undefined) return [];
  const { others, before, alike, after } = rank;
  const text =
    others === 0
      ? 'It is the only one.'
      : `Of ${others} others, ${before} go before it, ${after} after it; ${alike} are like it, so that company on the node and age decide.`;
  return [
    paint('bold', `When ${owner.kind} ${owner.name} shrinks`),
    ...wrap(text, columns - 2).map((line) => `  ${line}`),
  ];
}
