import { isObject } from '../objects/json.js';
import { aspectNames } from '../placement/intent.js';
import type { Outcome, Result } from '../placement/outcome.js';
import type { PlacementRecord } from '../placement/record.js';
import type { PolicyNote } from '../policy/select.js';
import type { Colour, Paint } from '../text/paint.js';
import { cut, table, wrap, type Cell } from '../text/table.js';
import { silentAspects, type Explanation } from './explain.js';

export interface TextOptions {
  readonly paint: Paint;
  /** Of the terminal. */
  readonly columns: number;
}

/** For a person: who it is, how it ends and why, in the first two lines; the rest after that, by what decided it. */
export function explanationText(explanation: Explanation, options: TextOptions): string {
  const sections = [policies, providers, outcomes, recorded].map((section) => section(explanation, options));
  return [answer(explanation, options), ...sections]
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function answer(explanation: Explanation, { paint, columns }: TextOptions): string[] {
  const { kind, namespace, name, at, reason, optedIn, warnings, verdict } = explanation;
  const { text, colour } = ending(explanation);
  const assumed = `The Namespace ${namespace} is not known here: that it has opted in is assumed.`;
  // Of these two, the warning says what the answer says.
  const told = verdict === 'patched' || verdict === 'unchanged' ? warnings : [];
  return [
    `${paint('bold', `${kind} ${namespace}/${name}`)}  ${paint('dim', at)}`,
    ...wrap(`${text} [${reason}]`, columns).map((line) => paint(colour, line)),
    ...(optedIn === 'assumed' ? wrap(assumed, columns) : []),
    ...told.flatMap((warning) => wrap(`Warning: ${warning}`, columns)).map((line) => paint('yellow', line)),
  ];
}

interface Ending {
  readonly text: string;
  readonly colour: Colour;
}

function ending(explanation: Explanation): Ending {
  const { verdict, policy = '', operations, sentence, where } = explanation;
  const places = explanation.providers.filter(({ runs }) => runs).map(({ provider }) => provider);
  return endings[verdict]({
    by: policy === '' ? '' : ` by ${policy}`,
    to: places.join(' or '),
    changes: operations === 1 ? '1 change' : `${operations} changes`,
    why: where === undefined ? sentence : `${sentence} (${where})`,
  });
}

type Facts = Readonly<Record<'by' | 'to' | 'changes' | 'why', string>>;

const endings: Readonly<Record<Explanation['verdict'], (facts: Facts) => Ending>> = {
  patched: ({ by, to, changes, why }) =>
    to === ''
      ? { text: `Moved back, ${changes}: ${why}`, colour: 'yellow' }
      : { text: `Moved${by} to ${to}, ${changes}`, colour: 'green' },
  unchanged: ({ by, to, why }) => ({ text: `Moved${by} to ${to}: ${why}`, colour: 'green' }),
  observed: ({ by, to, changes }) => ({
    text: `Not moved, only observed${by}: it would go to ${to}, ${changes}`,
    colour: 'yellow',
  }),
  skipped: ({ by, why }) => ({ text: `Not moved${by}: ${why}`, colour: 'yellow' }),
  failed: ({ why }) => ({ text: `Not moved, for an error: ${why}`, colour: 'red' }),
};

function policies({ policies: all }: Explanation, options: TextOptions): string[] {
  const rows = all.map(({ policy, outcome, sentence = '', rollout }): Cell[] => {
    const share =
      rollout &&
      `places ${rollout.percent} %: buckets below ${rollout.percent}, this one has ${rollout.bucket}`;
    const text = [sentence, share ?? ''].filter((part) => part !== '').join('; ');
    return [
      { text: policy },
      { text: outcomeWords[outcome], ...(outcome === 'decides' && { colour: 'green' }) },
      { text },
    ];
  });
  return section('Policies, in the order in which they are asked', rows, options);
}

export const outcomeWords = {
  decides: 'decides',
  'passed-over': 'passed over',
  'no-match': 'no match',
} as const satisfies Record<PolicyNote['outcome'], string>;

function providers({ policy = '', providers: all }: Explanation, options: TextOptions): string[] {
  const rows = all.map(({ provider, runs, sentence = '', where }): Cell[] => [
    { text: provider },
    runs ? { text: 'runs it', colour: 'green' } : { text: 'not used', colour: 'red' },
    { text: where === undefined ? sentence : `${sentence} (${where})` },
  ]);
  return section(`Providers of ${policy}`, rows, options);
}

function outcomes({ verdict, policy = '', outcomes: all }: Explanation, options: TextOptions): string[] {
  if (all.length === 0) return [];
  const silent = silentAspects(all, aspectNames);
  const { paint, columns } = options;
  return [
    paint('bold', `What ${policy} ${verdict === 'observed' ? 'would do' : 'does'}`),
    ...aspectNames.flatMap((aspect) => {
      const rows = together(
        all.filter((one) => one.aspect === aspect),
        verdict === 'unchanged' ? { ...results, added: addedBefore } : results,
      );
      return rows.length === 0 ? [] : [`  ${aspect}`, ...table(rows, { ...options, indent: 4 })];
    }),
    ...(silent.length === 0
      ? []
      : wrap(`Asks for nothing in: ${silent.join(', ')}`, columns - 2).map((line) => `  ${line}`)),
  ];
}

/** One row for what ended in the same way in several containers. */
function together(all: readonly Outcome[], names: Readonly<Record<Result, Cell>>): Cell[][] {
  const groups = Map.groupBy(all, ({ result, item, why = '' }) => `${result} ${item} ${why}`);
  return [...groups.values()].map((same): Cell[] => {
    const { result, item, why } = same[0] ?? { result: 'added', item: '' };
    const containers = same.flatMap(({ container }) => container ?? []).join(', ');
    const text = `${item}${containers === '' ? '' : ` in ${containers}`}${why === undefined ? '' : `: ${why}`}`;
    return [names[result], { text }];
  });
}

const results = {
  added: { text: '+ added', colour: 'green' },
  'already-there': { text: '= there already', colour: 'dim' },
  'user-wins': { text: '= kept as it is', colour: 'yellow' },
  'not-offered': { text: '! not offered', colour: 'yellow' },
  'taken-away': { text: '- taken away', colour: 'red' },
} as const satisfies Record<Result, Cell>;

/** Of an object that needs no change. */
const addedBefore: Cell = { text: '= added before', colour: 'dim' };

/** What stands in the object's own annotation, without the empty lists and maps that were made for it. */
function recorded({ record }: Explanation, { paint, columns }: TextOptions): string[] {
  if (record === undefined) return [];
  const steps = [...record.steps, ...(record.jobSteps ?? [])].filter(
    ([, , value]) => !/^[[{][\]}]$/.test(JSON.stringify(value)),
  );
  const groups = Map.groupBy(steps, ([sign, path, value]) =>
    isObject(value) ? sign + JSON.stringify(value) : sign + path,
  );
  return [
    paint('bold', `What ${record.policy} has done before, for ${record.providers.join(' and ')}`),
    ...[...groups.values()].map((same) => cut(`  ${stepText(same)}`, columns)),
  ];
}

/** Steps of the same value. */
function stepText([first, ...others]: PlacementRecord['steps']): string {
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${first[0]} ${first[1]}${more} ${JSON.stringify(first[2])}`;
}

function section(title: string, rows: readonly Cell[][], options: TextOptions): string[] {
  if (rows.length === 0) return [];
  return [options.paint('bold', title), ...table(rows, { ...options, indent: 2 })];
}
