import type { Toleration } from '../../src/objects/pod.js';
import type {
  AnnotationFact,
  LabelFact,
  LogWish,
  LogWriter,
  Provider,
  ProviderOption,
  TaintFact,
} from '../../src/providers/provider.js';

type Row = readonly string[];

/** What docs/providers.md says of a preset, but for what was left out and why. */
export function renderProvider(provider: Provider): string {
  const options = Object.entries(provider.options ?? {});
  return [
    `## ${provider.name}`,
    `${provider.title}.`,
    table(['fact', 'value', 'source'], factRows(provider)),
    ...(options.length === 0
      ? []
      : [table(['option', 'type', 'writes', 'meaning', 'source'], options.map(optionRow))]),
    `Sources: ${Object.entries(provider.sources)
      .map(([id, source]) => `\`${id}\` ${link(source)}`)
      .join(' · ')}`,
  ].join('\n\n');
}

function factRows(provider: Provider): readonly Row[] {
  const { node, restrictions, startup, stock, acceptance, requests } = provider;
  return [
    ...node.labels.map((label) => ['node label', code(labelText(label)), label.source]),
    ...node.taints.map((taint) => [
      'node taint',
      code(taintText(taint)) + (taint.removable === true ? ', unless removed' : ''),
      taint.source,
    ]),
    ...steeringRows(provider),
    ...annotationRows('annotation', provider.annotations),
    ...annotationRows('`startup.imageCache`', startup?.imageCache),
    ...annotationRows('`startup.reuseSandbox`', startup?.reuseSandbox),
    ...logRows(provider),
    ...(restrictions.allows ?? []).map(({ feature, source }) => ['runs', code(feature), source]),
    ...(restrictions.refuses ?? []).map(({ what, source }) => ['refuses', code(what), source]),
    ...limitRows(provider),
    ...(stock?.conditions ?? []).map(({ type, reasons, source }) => [
      'out of stock: condition',
      `${code(type)} false, reason ${reasons.map(code).join(', ')}`,
      source,
    ]),
    ...(stock?.statusReasons ?? []).map(({ reason, source }) => [
      'out of stock: pod reason',
      code(reason),
      source,
    ]),
    ...(stock?.messages ?? []).map(({ contains, source }) => [
      'out of stock: message',
      code(contains),
      source,
    ]),
    ...(acceptance
      ? [
          [
            'accepts',
            `burst ${acceptance.burst}, then ${acceptance.perSecond}/s, for ${acceptance.of === 'node' ? 'each node' : 'the whole account'}`,
            acceptance.source,
          ],
        ]
      : []),
    ...(requests ? [requestsRow(requests)] : []),
  ];
}

function steeringRows({ steering }: Provider): readonly Row[] {
  switch (steering.way) {
    case 'toleration':
      return [
        ...steering.tolerations.map((t) => ['tolerates', code(tolerationText(t)), t.source]),
        ...steering.select.map((label) => ['selects', code(labelText(label)), label.source]),
      ];
    case 'label':
    case 'annotation':
      return Object.entries(steering.marks).flatMap(([placement, mark]) =>
        Object.entries(mark).map(([key, value]) => [
          `${steering.way} for ${placement}`,
          code(`${key}: ${value}`),
          steering.source,
        ]),
      );
    case 'outside':
      return [[`selected for ${steering.placements.join(', ')}`, `by ${steering.object}`, steering.source]];
  }
}

function annotationRows(fact: string, annotations: readonly AnnotationFact[] = []): readonly Row[] {
  return annotations.map(({ key, value, source }) => [
    fact,
    typeof value === 'string' ? code(`${key}: ${value}`) : `${code(key)} from ${fields[value.from]}`,
    source,
  ]);
}

function logRows({ logs: { kafka, sls, cls } = {} }: Provider): readonly Row[] {
  const wish = <D>(destination: D): LogWish<D> => ({ policy: 'p', sources: ['stdout'], destination });
  return [
    ...(kafka ? [logRow('kafka', kafka, wish({ brokers: ['b:9092'], topic: 't' }))] : []),
    ...(sls ? [logRow('sls', sls, wish({ project: 'p', logstore: 'l' }))] : []),
    ...(cls ? [logRow('cls', cls, wish({ logset: 'l', topic: 't' }))] : []),
  ];
}

function logRow<D>(name: string, writer: LogWriter<D>, wish: LogWish<D>): Row {
  const variables = writer.env(wish).map((variable) => code(variable.name));
  const kind = writer.resource?.type.kind;
  const and = kind === undefined ? '' : `, and one ${code(kind)} a policy`;
  return [`\`logs\` to ${name}`, `${writer.reads.join(', ')}: ${variables.join(', ')}${and}`, writer.source];
}

function limitRows({ restrictions }: Provider): readonly Row[] {
  const { reservedPorts, volumeTypes, fieldPaths, maxContainers, maxVolumes } = restrictions;
  return [
    ...(reservedPorts ? [['reserved ports', reservedPorts.ports.join(', '), reservedPorts.source]] : []),
    ...(fieldPaths
      ? [['variables read only', fieldPaths.paths.map(code).join(', '), fieldPaths.source]]
      : []),
    ...(volumeTypes
      ? [
          [
            'mounts only',
            volumeTypes.types.map(code).join(', ') +
              (volumeTypes.csiDrivers ? ` (${volumeTypes.csiDrivers.map(code).join(', ')})` : ''),
            volumeTypes.source,
          ],
        ]
      : []),
    ...(maxContainers ? [['containers', `at most ${maxContainers.count}`, maxContainers.source]] : []),
    ...(maxVolumes ? [['volumes', `at most ${maxVolumes.count}`, maxVolumes.source]] : []),
  ];
}

function requestsRow({ without, unlessAnnotation, source }: NonNullable<Provider['requests']>): Row {
  const what = without === 'refused' ? 'refused' : "sized by the provider's default";
  return [
    'without requests',
    what + (unlessAnnotation ? `, unless ${code(unlessAnnotation)} is there` : ''),
    source,
  ];
}

const optionRow = ([name, option]: readonly [string, ProviderOption]): Row => [
  code(name),
  typeText(option),
  `${option.writes.to} ${code(option.writes.key)}`,
  option.description,
  option.source,
];

function typeText({ type, values, pattern, minimum, maximum, maxItems, writes }: ProviderOption): string {
  const constraint = values?.map(code).join(', ') ?? (pattern === undefined ? '' : code(pattern));
  const range = `${minimum ?? ''}..${maximum ?? ''}`;
  switch (type) {
    case 'boolean':
      return 'boolean';
    case 'integer':
      return range === '..' ? 'integer' : `integer ${range}`;
    case 'enum':
      return constraint;
    case 'string':
      return constraint === '' ? 'string' : `string ${constraint}`;
    case 'stringList': {
      const list = writes.separator === undefined ? 'list' : `list, joined by ${code(writes.separator)},`;
      return `${list}${maxItems === undefined ? '' : ` of at most ${maxItems}`}${constraint === '' ? '' : ` of ${constraint}`}`;
    }
  }
}

const fields = {
  workload: "the workload's namespace and stable name",
  'time-zone': "the CronJob's `timeZone`",
};

const labelText = ({ key, value }: LabelFact) => (value === undefined ? key : `${key}=${value}`);

const taintText = ({ key, value, effect }: TaintFact) =>
  labelText({ key, source: '', ...(value === undefined ? {} : { value }) }) + (effect ? `:${effect}` : '');

const tolerationText = ({ key, operator = 'Equal', value, effect }: Toleration) =>
  `${key ?? ''}${operator === 'Exists' ? ' exists' : value === undefined ? '' : `=${value}`}${effect ? `:${effect}` : ''}`;

const link = (source: string) => (source.startsWith('https://') ? `<${source}>` : source);

const code = (text: string) => `\`${text}\``;

/** A bar ends a cell, in code too. */
const cell = (text: string) => text.replaceAll('|', '\\|');

const table = (head: Row, rows: readonly Row[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
