import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/objects/json.js';
import type { Taint } from '../../src/objects/pod.js';
import { tolerates } from '../../src/objects/toleration.js';
import { checkOptions, optionMarks } from '../../src/providers/options.js';
import type {
  AnnotationFact,
  LabelFact,
  LogWish,
  LogWriter,
  Provider,
  ProviderOption,
  TaintFact,
} from '../../src/providers/provider.js';
import { fitProviders, providers } from '../../src/providers/registry.js';
import { factsOf, sourcesAnywhere } from '../support/facts.js';
import { deepFreeze } from '../support/freeze.js';
import { envNameSyntax, keySyntax, labelValueSyntax, objectNameSyntax } from '../support/syntax.js';

const folder = new URL('../../src/providers/', import.meta.url);
const notPresets = ['catalog.ts', 'options.ts', 'provider.ts', 'registry.ts'];
const presetFiles = readdirSync(folder).filter((file) => !notPresets.includes(file));

describe('the catalog', () => {
  it('names each provider after its file, and each once', () => {
    expect(providers.map(({ name }) => `${name}.ts`).sort()).toEqual(presetFiles.sort());
  });

  it('has a title for each, and no title twice', () => {
    expect(new Set(providers.map(({ title }) => title)).size).toBe(providers.length);
    expect(providers.filter(({ title }) => title.trim() === '')).toEqual([]);
  });
});

describe.each(providers.map((provider) => [provider.name, provider] as const))('%s', (_, provider) => {
  describe('sources', () => {
    it('stand behind every fact', () => {
      const unfounded = factsOf(provider).filter(
        ({ source }) => typeof source !== 'string' || !Object.hasOwn(provider.sources, source),
      );
      expect(unfounded).toEqual([]);
    });

    it('are found at every place where one is named', () => {
      expect(sourcesAnywhere({ ...provider, sources: {} }).length).toBe(factsOf(provider).length);
    });

    it('are all used', () => {
      const used = new Set(factsOf(provider).map(({ source }) => source));
      expect(Object.keys(provider.sources).filter((id) => !used.has(id))).toEqual([]);
    });

    it('are an address, a path in a repository, or public text that says what it is', () => {
      const form = /^(https:\/\/\S+|[\w-]+\/[\w.-]+:\S+|public: .+)$/u;
      expect(Object.values(provider.sources).filter((source) => !form.test(source))).toEqual([]);
    });
  });

  describe('node', () => {
    it('has labels and taints that the API server takes', () => {
      expect(provider.node.labels.flatMap(labelFaults)).toEqual([]);
      expect(provider.node.taints.flatMap(labelFaults)).toEqual([]);
    });

    it('is known by something that is always on it', () => {
      const { labels, taints } = provider.node;
      expect([...labels, ...taints.filter(({ removable }) => removable !== true)]).not.toEqual([]);
    });

    it('fits the provider', () => {
      const labels = Object.fromEntries(provider.node.labels.map(({ key, value }) => [key, value ?? 'any']));
      expect(fitProviders(labels, provider.node.taints.map(asTaint))).toContain(provider);
    });

    it('is not any node', () => {
      expect(fitProviders({ 'kubernetes.io/os': 'linux', type: 'virtual' }, [])).not.toContain(provider);
    });
  });

  describe('steering', () => {
    it('is valid', () => {
      expect(steeringFaults(provider)).toEqual([]);
    });

    it('tolerates every taint of its nodes, where tolerations steer', () => {
      if (provider.steering.way !== 'toleration') return;
      const { tolerations } = provider.steering;
      const keepingAway = provider.node.taints
        .map(asTaint)
        .filter(({ effect }) => effect !== 'PreferNoSchedule')
        .filter((taint) => !tolerations.some((toleration) => tolerates(toleration, taint)));
      expect(keepingAway).toEqual([]);
    });

    it('selects by labels that its nodes carry, where tolerations steer', () => {
      if (provider.steering.way !== 'toleration') return;
      const carried = provider.node.labels;
      const missing = provider.steering.select.filter(
        ({ key, value }) =>
          !carried.some((label) => label.key === key && (value === undefined || label.value === value)),
      );
      expect(provider.steering.select).not.toEqual([]);
      expect(missing).toEqual([]);
    });
  });

  describe('restrictions', () => {
    const { restrictions } = provider;

    it('name each feature once', () => {
      const features = (restrictions.allows ?? []).map(({ feature }) => feature);
      const refused = (restrictions.refuses ?? []).map(({ what }) => what);
      expect(new Set(features).size).toBe(features.length);
      expect(new Set(refused).size).toBe(refused.length);
    });

    it('have ports and counts in range', () => {
      const { reservedPorts, maxContainers, maxVolumes } = restrictions;
      expect((reservedPorts?.ports ?? []).filter((port) => port < 1 || port > 65535)).toEqual([]);
      expect(maxContainers?.count ?? 1).toBeGreaterThan(0);
      expect(maxVolumes?.count ?? 1).toBeGreaterThan(0);
    });

    it('name drivers only where csi volumes are mounted', () => {
      const { volumeTypes } = restrictions;
      if (volumeTypes?.csiDrivers === undefined) return;
      expect(volumeTypes.types).toContain('csi');
    });
  });

  describe('annotations', () => {
    const facts = [
      ...(provider.annotations ?? []),
      ...(provider.startup?.imageCache ?? []),
      ...(provider.startup?.reuseSandbox ?? []),
    ];

    it('have keys that the API server takes', () => {
      expect(facts.filter(({ key }) => !keySyntax.test(key))).toEqual([]);
    });

    it('are not written twice with two values', () => {
      const values = new Map<string, AnnotationFact['value']>();
      for (const { key, value } of facts) {
        expect(values.get(key) ?? value).toEqual(value);
        values.set(key, value);
      }
    });
  });

  describe('options', () => {
    const options = Object.entries(provider.options ?? {});

    it.each(options)('%s is well formed', (name, option) => {
      expect(name).toMatch(/^[a-z][A-Za-z0-9]*$/);
      expect(option.description).toMatch(/^\S.*[.]$/u);
      expect(option.writes.key).toMatch(keySyntax);
      expect(rangeFaults(option)).toEqual([]);
    });

    it('write each key once', () => {
      const keys = options.map(([, { writes }]) => `${writes.to} ${writes.key}`);
      expect(new Set(keys).size).toBe(keys.length);
    });

    it('do not write what steers', () => {
      const { steering } = provider;
      if (steering.way === 'toleration' || steering.way === 'outside') return;
      const marks = Object.values(steering.marks).flatMap(Object.keys);
      const same = options.filter(
        ([, { writes }]) => writes.to === steering.way && marks.includes(writes.key),
      );
      expect(same).toEqual([]);
    });

    it.each(options)('%s takes a value of its type and writes it', (name, option) => {
      const value = sampleOf(option);
      const { values, complaints } = checkOptions(provider, { [name]: value });
      expect(complaints).toEqual([]);
      const { annotations, labels } = optionMarks(provider, deepFreeze(values));
      const written = option.writes.to === 'label' ? labels : annotations;
      expect(Object.keys({ ...annotations, ...labels })).toEqual([option.writes.key]);
      expect(written[option.writes.key]).toBe(Array.isArray(value) ? value[0] : String(value));
      expect(Object.entries(labels).flatMap(([key, text]) => labelFaults({ key, value: text }))).toEqual([]);
    });

    it.each(options)('%s refuses a value of another type', (name) => {
      const { values, complaints } = checkOptions(provider, { [name]: { an: 'object' } });
      expect(complaints.map(({ path }) => path)).toEqual([[name]]);
      expect(values).toEqual({});
    });
  });

  describe('stock and acceptance', () => {
    it('names no empty signal', () => {
      const { conditions = [], statusReasons = [], messages = [] } = provider.stock ?? {};
      const texts = [
        ...conditions.flatMap(({ type, reasons }) => [type, ...reasons]),
        ...statusReasons.map(({ reason }) => reason),
        ...messages.map(({ contains }) => contains),
      ];
      expect(texts.filter((text) => text.trim() === '')).toEqual([]);
      expect(conditions.filter(({ reasons }) => reasons.length === 0)).toEqual([]);
    });

    it('has a bucket that lets pods through', () => {
      expect(provider.acceptance?.burst ?? 1).toBeGreaterThan(0);
      expect(provider.acceptance?.perSecond ?? 1).toBeGreaterThan(0);
    });
  });
});

describe.each(providers.flatMap(writersOf))('$name', ({ reads, env, resource, answer, type }) => {
  it('puts valid variables into the containers, each once', () => {
    const names = env().map(({ name }) => name);
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !envNameSyntax.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(
      env().filter(({ value, valueFrom }) => (value === undefined) === (valueFrom === undefined)),
    ).toEqual([]);
  });

  it('answers the same twice and leaves its wish alone', () => {
    expect(env()).toEqual(env());
    expect(resource('nightly')).toEqual(resource('nightly'));
  });

  it('reads each kind of source once', () => {
    expect(reads).not.toEqual([]);
    expect(new Set(reads).size).toBe(reads.length);
  });

  it('makes a log CR with a name of its own for every policy, if any', () => {
    const policies = ['nightly', 'team-a.nightly', 'team.a-nightly', 'n'.repeat(253), `${'n'.repeat(252)}m`];
    const resources = policies.map(resource).filter((made) => made !== undefined);
    const names = resources.map(({ metadata }) => String((metadata as { name: unknown }).name));
    expect(names.filter((name) => !objectNameSyntax.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(resources.length);
    const types = resources.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
    expect(new Set(types)).toEqual(
      new Set(type === undefined ? [] : [`${type.group}/${type.version} ${type.kind}`]),
    );
  });

  it('hears no answer in the status of a log CR that nobody has looked at', () => {
    expect(answer({})).toBeUndefined();
  });
});

/** A taint that the fact describes; one that states no value is tried with a value that nobody expects. */
const asTaint = ({ key, value, effect }: TaintFact): Taint => ({
  key,
  value: value ?? 'some-value',
  effect: effect ?? 'NoSchedule',
});

const labelFaults = ({ key, value = '' }: Pick<LabelFact, 'key' | 'value'>): readonly string[] =>
  keySyntax.test(key) && labelValueSyntax.test(value) ? [] : [`${key}: ${value}`];

function steeringFaults({ steering }: Provider): readonly string[] {
  switch (steering.way) {
    case 'toleration':
      return [
        ...steering.tolerations.flatMap((t) => labelFaults({ key: t.key ?? '', value: t.value ?? '' })),
        ...steering.tolerations.filter((t) => t.operator === 'Exists' && t.value !== undefined).map(String),
        ...steering.select.flatMap(labelFaults),
      ];
    case 'label':
    case 'annotation': {
      const marks = Object.values(steering.marks);
      const entries = marks.flatMap((mark) => Object.entries(mark));
      const valid = steering.way === 'label' ? labelValueSyntax : /\S/;
      return [
        ...(marks.length === 0 ? ['no placement'] : []),
        ...marks.filter((mark) => Object.keys(mark).length === 0).map(() => 'an empty mark'),
        ...entries.filter(([key, value]) => !keySyntax.test(key) || !valid.test(value)).map(String),
      ];
    }
    case 'outside':
      return steering.placements.length === 0 || steering.object === '' ? ['nothing to steer by'] : [];
  }
}

function rangeFaults({ type, values, pattern, minimum, maximum, maxItems, writes }: ProviderOption) {
  const faults: string[] = [];
  const text = type === 'string' || type === 'stringList';
  if (pattern !== undefined && !text) faults.push('a pattern is for texts');
  if (pattern !== undefined && new RegExp(pattern, 'u').test('\n')) faults.push('the pattern takes anything');
  if (pattern !== undefined && !/^\^.*\$$/.test(pattern)) faults.push('the pattern is not anchored');
  if (type === 'enum' && (values ?? []).length === 0) faults.push('an enum has values');
  if (values !== undefined && type !== 'enum' && type !== 'stringList') faults.push('values are for enums');
  if ((minimum !== undefined || maximum !== undefined) && type !== 'integer')
    faults.push('a range is for integers');
  if ((minimum ?? 0) > (maximum ?? Infinity)) faults.push('the range is empty');
  if (maxItems !== undefined && type !== 'stringList') faults.push('maxItems is for lists');
  if (writes.separator !== undefined && type !== 'stringList') faults.push('a separator is for lists');
  return faults;
}

/** Values for options whose pattern no plain text meets. */
const patternSamples = [
  'sample',
  '2-4Gi',
  '50Gi',
  '8',
  '1m',
  'imc-1a2b',
  'env=Dev',
  '2.00_4.0',
  '{"core_pattern":"/var/cores/core.%h.%e.%p.%t","max_size":1024}',
];

function sampleOf({ type, values, pattern, minimum }: ProviderOption): unknown {
  const text =
    values?.[0] ??
    patternSamples.find((sample) => pattern === undefined || new RegExp(pattern, 'u').test(sample));
  switch (type) {
    case 'boolean':
      return false;
    case 'integer':
      return minimum ?? 0;
    case 'string':
    case 'enum':
      return text;
    case 'stringList':
      return [text];
  }
}

function writersOf({ name, logs: { kafka, sls, cls } = {} }: Provider) {
  const wishFor = <D>(destination: D): LogWish<D> => ({
    policy: 'nightly',
    sources: ['stdout', '/var/log/*.log'],
    destination,
  });
  return [
    ...(kafka
      ? [writerOf(`${name} to kafka`, kafka, wishFor({ brokers: ['a:9092', 'b:9092'], topic: 'logs' }))]
      : []),
    ...(sls ? [writerOf(`${name} to sls`, sls, wishFor({ project: 'apps', logstore: 'jobs' }))] : []),
    ...(cls ? [writerOf(`${name} to cls`, cls, wishFor({ logset: 'apps', topic: 'jobs' }))] : []),
  ];
}

function writerOf<D>(name: string, writer: LogWriter<D>, wish: LogWish<D>) {
  deepFreeze(wish);
  return {
    name,
    reads: writer.reads,
    env: () => writer.env(wish),
    resource: (policy: string) => writer.resource?.make(deepFreeze({ ...wish, policy })),
    answer: (status: JsonObject) => writer.resource?.answer(deepFreeze(status)),
    type: writer.resource?.type,
  };
}
