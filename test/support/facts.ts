import type { Provider } from '../../src/providers/provider.js';

/** A fact of a preset and where it stands in it. */
export interface Fact {
  readonly at: string;
  readonly source: unknown;
}

/** Every place of a preset where a fact stands, whether it names its source or not. */
export function factsOf(provider: Provider): readonly Fact[] {
  const { node, steering, restrictions, startup, logs, stock } = provider;
  const single = (at: string, fact: object | undefined) => (fact === undefined ? [] : [located(at, fact)]);
  const many = (at: string, facts: readonly object[] = []) =>
    facts.map((fact, i) => located(`${at}[${i}]`, fact));
  return [
    ...many('node.labels', node.labels),
    ...many('node.taints', node.taints),
    ...(steering.way === 'toleration'
      ? [...many('steering.tolerations', steering.tolerations), ...many('steering.select', steering.select)]
      : single('steering', steering)),
    ...many('restrictions.allows', restrictions.allows),
    ...many('restrictions.refuses', restrictions.refuses),
    ...single('restrictions.reservedPorts', restrictions.reservedPorts),
    ...single('restrictions.volumeTypes', restrictions.volumeTypes),
    ...single('restrictions.fieldPaths', restrictions.fieldPaths),
    ...single('restrictions.maxContainers', restrictions.maxContainers),
    ...single('restrictions.maxVolumes', restrictions.maxVolumes),
    ...Object.entries(provider.options ?? {}).map(([name, option]) => located(`options.${name}`, option)),
    ...many('annotations', provider.annotations),
    ...many('startup.imageCache', startup?.imageCache),
    ...many('startup.reuseSandbox', startup?.reuseSandbox),
    ...single('logs.kafka', logs?.kafka),
    ...single('logs.sls', logs?.sls),
    ...single('logs.cls', logs?.cls),
    ...many('stock.conditions', stock?.conditions),
    ...many('stock.statusReasons', stock?.statusReasons),
    ...many('stock.messages', stock?.messages),
    ...single('acceptance', provider.acceptance),
    ...single('requests', provider.requests),
  ];
}

const located = (at: string, fact: object): Fact => ({
  at,
  source: 'source' in fact ? fact.source : undefined,
});

/** Every `source` anywhere in the preset: finds a fact in a place that `factsOf` does not know yet. */
export function sourcesAnywhere(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(sourcesAnywhere);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === 'source' ? [member] : sourcesAnywhere(member),
  );
}
