import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOptions, optionMarks } from '../../../src/providers/options.js';
import type { Provider, ProviderOption } from '../../../src/providers/provider.js';
import { deepFreeze } from '../../support/freeze.js';

const option = (about: Partial<ProviderOption>): ProviderOption => ({
  type: 'string',
  writes: { to: 'annotation', key: 'cloud.example/key' },
  description: 'For the test.',
  source: 'test',
  ...about,
});

const provider = (options?: Provider['options']): Provider =>
  deepFreeze({
    name: 'example',
    title: 'Example',
    sources: { test: 'https://example.com' },
    node: { labels: [{ key: 'type', source: 'test' }], taints: [] },
    steering: { way: 'outside', object: 'an example', placements: ['VirtualOnly'], source: 'test' },
    restrictions: {},
    ...(options === undefined ? {} : { options }),
  });

const several = provider({
  text: option({}),
  size: option({ pattern: '^\\d+Gi$', writes: { to: 'annotation', key: 'cloud.example/size' } }),
  flag: option({ type: 'boolean', writes: { to: 'annotation', key: 'cloud.example/flag' } }),
  count: option({
    type: 'integer',
    minimum: 1,
    maximum: 9,
    writes: { to: 'annotation', key: 'cloud.example/count' },
  }),
  kind: option({ type: 'enum', values: ['a', 'b'], writes: { to: 'label', key: 'cloud.example/kind' } }),
  team: option({ writes: { to: 'label', key: 'cloud.example/team' } }),
  zones: option({
    type: 'stringList',
    maxItems: 2,
    writes: { to: 'annotation', key: 'cloud.example/zones' },
  }),
  tags: option({
    type: 'stringList',
    pattern: '^\\w+=\\w+$',
    writes: { to: 'annotation', key: 'cloud.example/tags', separator: ';' },
  }),
});

describe('checkOptions', () => {
  interface Case {
    readonly fault: string;
    readonly options: unknown;
    readonly path: readonly (string | number)[];
    readonly message: string;
  }

  it.each([undefined, null, {}])('takes %j as no options', (options) => {
    expect(checkOptions(several, options)).toEqual({ values: {}, complaints: [] });
  });

  it('gives back what it was given', () => {
    const options = {
      text: 'x',
      size: '5Gi',
      flag: false,
      count: 9,
      kind: 'b',
      team: 'a_b',
      zones: ['p', 'q'],
    };
    expect(checkOptions(several, options)).toEqual({ values: options, complaints: [] });
  });

  it.each<Case>([
    { fault: 'a list for the options', options: [], path: [], message: 'expected an object, got array' },
    {
      fault: 'a text for a flag',
      options: { flag: 'yes' },
      path: ['flag'],
      message: 'expected a boolean, got string',
    },
    {
      fault: 'null for a text',
      options: { text: null },
      path: ['text'],
      message: 'expected a string, got null',
    },
    {
      fault: 'a number for a text',
      options: { text: 5 },
      path: ['text'],
      message: 'expected a string, got 5',
    },
    {
      fault: 'an empty text',
      options: { text: '' },
      path: ['text'],
      message: 'expected one line without blanks around it, got ""',
    },
    {
      fault: 'two lines',
      options: { text: 'a\nb' },
      path: ['text'],
      message: 'expected one line without blanks around it, got "a\\nb"',
    },
    {
      fault: 'a text that does not match',
      options: { size: '5Mi' },
      path: ['size'],
      message: 'expected a text that matches ^\\d+Gi$, got "5Mi"',
    },
    {
      fault: 'a fraction',
      options: { count: 1.5 },
      path: ['count'],
      message: 'expected an integer, got 1.5',
    },
    {
      fault: 'not a number',
      options: { count: NaN },
      path: ['count'],
      message: 'expected an integer, got NaN',
    },
    { fault: 'too little', options: { count: 0 }, path: ['count'], message: 'expected at least 1, got 0' },
    { fault: 'too much', options: { count: 10 }, path: ['count'], message: 'expected at most 9, got 10' },
    {
      fault: 'no such value',
      options: { kind: 'c' },
      path: ['kind'],
      message: 'expected one of a, b, got "c"',
    },
    {
      fault: 'a text that no label holds',
      options: { team: 'a team' },
      path: ['team'],
      message: 'expected a label value, got "a team"',
    },
    {
      fault: 'a label value of 64 characters',
      options: { team: 'x'.repeat(64) },
      path: ['team'],
      message: `expected a label value, got "${'x'.repeat(64)}"`,
    },
    {
      fault: 'a text for a list',
      options: { zones: 'p' },
      path: ['zones'],
      message: 'expected a list of strings, got string',
    },
    {
      fault: 'an empty list',
      options: { zones: [] },
      path: ['zones'],
      message: 'expected at least one item',
    },
    {
      fault: 'a list that is too long',
      options: { zones: ['p', 'q', 'r'] },
      path: ['zones'],
      message: 'expected at most 2 items, got 3',
    },
    {
      fault: 'two items in one',
      options: { zones: ['p', 'q,r'] },
      path: ['zones', 1],
      message: 'expected one item without ",", got "q,r"',
    },
    {
      fault: "two items in one by the list's own separator",
      options: { tags: ['a=b;c=d'] },
      path: ['tags', 0],
      message: 'expected one item without ";", got "a=b;c=d"',
    },
    {
      fault: 'an item that does not match',
      options: { tags: ['a=b', 'c'] },
      path: ['tags', 1],
      message: 'expected a text that matches ^\\w+=\\w+$, got "c"',
    },
    {
      fault: 'an item that is no text',
      options: { zones: [7] },
      path: ['zones', 0],
      message: 'expected a string, got 7',
    },
    {
      fault: 'an unknown option',
      options: { sise: '5Gi' },
      path: ['sise'],
      message: 'unknown option "sise": example knows text, size, flag, count, kind, team, zones, tags',
    },
    {
      fault: 'the name of a method of every object',
      options: { toString: 'x' },
      path: ['toString'],
      message: 'unknown option "toString": example knows text, size, flag, count, kind, team, zones, tags',
    },
  ])('complains of $fault', ({ options, path, message }) => {
    expect(checkOptions(several, options)).toEqual({ values: {}, complaints: [{ path, message }] });
  });

  it('says so where a provider has no options', () => {
    expect(checkOptions(provider(), { size: '5Gi' }).complaints).toEqual([
      { path: ['size'], message: 'unknown option "size": example has no options' },
    ]);
  });

  it('reports all faults at once and keeps what is right', () => {
    const { values, complaints } = checkOptions(several, {
      flag: 1,
      text: 'x',
      zones: ['p', '', ' q'],
      nope: 0,
    });
    expect(complaints.map(({ path }) => path.join('.'))).toEqual([
      'flag',
      'zones',
      'zones.1',
      'zones.2',
      'nope',
    ]);
    expect(values).toEqual({ text: 'x' });
  });

  it('takes __proto__ as a name like any other', () => {
    const options: unknown = JSON.parse('{"__proto__": {"text": "x"}}');
    expect(checkOptions(several, options).complaints.map(({ path }) => path)).toEqual([['__proto__']]);
  });

  it('either complains or gives values that can be written, whatever comes', () => {
    const anything = fc.dictionary(
      fc.constantFrom(...Object.keys(several.options ?? {}), 'x'),
      fc.anything(),
    );
    fc.assert(
      fc.property(anything, (options) => {
        const { values, complaints } = checkOptions(several, options);
        const { annotations, labels } = optionMarks(several, values);
        expect(Object.keys({ ...annotations, ...labels }).length).toBe(Object.keys(values).length);
        expect(complaints.length > 0 || Object.keys(values).length === Object.keys(options).length).toBe(
          true,
        );
      }),
    );
  });
});

describe('optionMarks', () => {
  it('writes annotations and labels', () => {
    const values = deepFreeze({
      size: '5Gi',
      flag: false,
      count: 3,
      kind: 'b',
      zones: ['p', 'q'],
      tags: ['a=b', 'c=d'],
    });
    expect(optionMarks(several, values)).toEqual({
      annotations: {
        'cloud.example/size': '5Gi',
        'cloud.example/flag': 'false',
        'cloud.example/count': '3',
        'cloud.example/zones': 'p,q',
        'cloud.example/tags': 'a=b;c=d',
      },
      labels: { 'cloud.example/kind': 'b' },
    });
  });

  it('writes nothing for no options', () => {
    expect(optionMarks(several, {})).toEqual({ annotations: {}, labels: {} });
  });
});
