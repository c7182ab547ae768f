import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { rewrite } from '../../../src/manifests/rewrite.js';
import { readYaml } from '../../../src/sources/yaml-documents.js';

/** The text with its first document changed in place by `change`. */
function rewritten(text: string, change: (value: never) => unknown) {
  const { documents, faults } = readYaml(text, { merge: true });
  expect(faults).toEqual([]);
  const [document] = documents;
  if (document === undefined) throw new Error('no document');
  const after = JSON.parse(JSON.stringify(document.value)) as never;
  change(after);
  const result = rewrite(text, documents, [{ document, after: after }]);
  expect(readYaml(result.text, { merge: true }).documents[0]?.value).toEqual(after);
  return result;
}

interface Pod {
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: {
    containers: { name: string; env?: { name: string; value?: string }[] }[];
    tolerations?: { key: string; operator?: string }[];
    nodeSelector?: Record<string, string>;
    schedulerName?: string;
  };
}

const pod = `# What it is for.
metadata:
  name: a   # its name
  # said of all metadata

# The rest.
spec:
  containers:
  - name: one
    image: "x"   # pinned

    # variables
    env:
    - name: A   # first
      value: '1'
    # second
    - name: B
      value: "2"
    # after the variables
  - {name: two, image: y} # short
  schedulerName: default-scheduler # of everybody
  # the end
---
other:   [ 1,2 ]   # untouched
...
`;

describe('rewriting a document', () => {
  it('adds to the end of lists and maps, above the comments that follow them', () => {
    const { text } = rewritten(pod, ({ metadata, spec }: Pod) => {
      metadata.annotations = { 'a/b': 'on' };
      spec.containers[0]?.env?.push({ name: 'C', value: 'c' });
      spec.tolerations = [{ key: 'k', operator: 'Exists' }];
    });
    expect(text).toBe(
      pod
        .replace('# its name\n', '# its name\n  annotations:\n    a/b: "on"\n')
        .replace('value: "2"\n', 'value: "2"\n    - name: C\n      value: c\n')
        .replace('# of everybody\n', '# of everybody\n  tolerations:\n  - key: k\n    operator: Exists\n'),
    );
  });

  it('takes lines out and leaves the comments around them', () => {
    const { text } = rewritten(pod, ({ spec }: Pod) => {
      spec.containers[0]?.env?.shift();
      delete spec.schedulerName;
    });
    expect(text).toBe(
      pod
        .replace("    - name: A   # first\n      value: '1'\n", '')
        .replace('  schedulerName: default-scheduler # of everybody\n', ''),
    );
  });

  it('puts a value in the place of another', () => {
    const { text } = rewritten(pod, ({ spec }: Pod) => {
      spec.schedulerName = 'tidegate-scheduler';
      spec.containers[0]?.env?.splice(0, 1, { name: 'A', value: '12:30' });
    });
    expect(text).toBe(
      pod.replace('default-scheduler #', 'tidegate-scheduler #').replace("value: '1'", 'value: "12:30"'),
    );
  });

  it('puts metadata before what else a template has', () => {
    const { text } = rewritten('template:\n  # pods\n  spec: {}\n', (value: Record<string, unknown>) => {
      value['template'] = { spec: {}, metadata: { labels: { a: 'b' } } };
    });
    expect(text).toBe('template:\n  # pods\n  metadata:\n    labels:\n      a: b\n  spec: {}\n');
  });

  it.each([
    ['nothing', 'l:\n', 'l:\n  - 1\n'],
    ['nothing, and a comment', 'l: # none\n', 'l: # none\n  - 1\n'],
    ['null', 'l: ~ # none\n', 'l: # none\n  - 1\n'],
    ['an empty list', 'l: [] # none\n', 'l: # none\n  - 1\n'],
    ['nothing, at the end of a text without one', 'l:', 'l:\n  - 1'],
    ['another list in brackets', 'l: [0]\n', 'l: [0, 1]\n'],
  ])('fills a list that was %s', (_, before, after) => {
    const { text } = rewritten(before, (value: { l: number[] | null }) => {
      value.l = [...(value.l ?? []), 1];
    });
    expect(text).toBe(after);
  });

  it.each([
    ['a list', 'a:\n  - 1\nb: 1\n', [], 'a: []\nb: 1\n'],
    ['a map', 'a: # c\n  b: 1\nb: 1\n', {}, 'a: {} # c\nb: 1\n'],
    ['a list in brackets', 'a: [1] # c\nb: 1\n', [], 'a: [] # c\nb: 1\n'],
  ])('empties %s', (_, before, value, after) => {
    expect(rewritten(before, (root: Record<string, unknown>) => (root['a'] = value)).text).toBe(after);
  });

  it('adds to short forms as they are written', () => {
    const { text } = rewritten(
      'metadata: { name: a, labels: {b: c} }\nspec: {containers: []}\n',
      ({ metadata }: Pod) => {
        metadata.labels = { b: 'c', d: 'e' };
        metadata.annotations = { f: 'g' };
      },
    );
    expect(text).toBe(
      'metadata: { name: a, labels: {b: c, d: e}, annotations: {f: g} }\nspec: {containers: []}\n',
    );
  });

  it.each([
    ['on one line', '{"a":[1]}', '{"a":[1,{"x":1}],"b":{"y":[]}}'],
    [
      'in lines',
      '{\n    "a": [\n        1\n    ]\n}\n',
      '{\n    "a": [\n        1,\n        {\n            "x": 1\n        }\n    ],\n    "b": {\n        "y": []\n    }\n}\n',
    ],
  ])('keeps JSON %s', (_, before, after) => {
    const { text } = rewritten(before, (value: Record<string, unknown>) => {
      value['a'] = [1, { x: 1 }];
      value['b'] = { y: [] };
    });
    expect(text).toBe(after);
  });

  it('indents as the document does', () => {
    const { text } = rewritten('a:\n    l:\n        - 1\n', ({ a }: { a: { l: unknown[] } }) => {
      a.l.push({ m: { p: [2] } });
    });
    expect(text).toBe('a:\n    l:\n        - 1\n        - m:\n              p:\n                  - 2\n');
  });

  it('keeps the line ends of another system', () => {
    const { text } = rewritten('l:\r\n  - 1\r\n', (value: { l: number[]; m?: object }) => {
      value.l.push(2);
      value.m = { p: 1 };
    });
    expect(text).toBe('l:\r\n  - 1\r\n  - 2\r\nm:\r\n  p: 1\r\n');
  });

  it('quotes what YAML 1.1, which kubectl reads, would take for something else', () => {
    const { text } = rewritten('a: b\n', (value: Record<string, string>) => {
      Object.assign(value, { no: 'yes', time: '1:30', oct: '0o7', n: 'null' });
    });
    expect(parse(text, { version: '1.1' })).toEqual({
      a: 'b',
      no: 'yes',
      time: '1:30',
      oct: '0o7',
      n: 'null',
    });
  });

  it('writes out an alias where what it stands for changes in one place', () => {
    const text = 'a: &e\n  - x\nb: *e\n';
    expect(rewritten(text, ({ b }: { b: string[] }) => b.push('z')).text).toBe(
      'a: &e\n  - x\nb:\n  - x\n  - z\n',
    );
  });

  it('writes out a member of a merge key where it changes', () => {
    const text = 'base: &b\n  l: [1]\nuse:\n  <<: *b\n  m: 1\n';
    const { text: after } = rewritten(text, ({ use }: { use: { l: number[] } }) => use.l.push(2));
    expect(after).toBe(`${text}  l:\n    - 1\n    - 2\n`);
  });

  it('writes a document anew where it can do no better, and says so', () => {
    const text = '# c\na: &e\n  - x\nb: *e\n---\nz: 1 # kept\n';
    const { text: after, rewritten: anew } = rewritten(text, ({ a }: { a: string[] }) => a.push('z'));
    expect(after).toBe('# c\na:\n  - x\n  - z\nb:\n  - x\n---\nz: 1 # kept\n');
    expect(anew).toHaveLength(1);
  });

  const scalar = fc.oneof(
    fc.constantFrom('', 'a', 'on', '# x', 'a: b', '- a', 'two\nlines', '{', "it's", '  '),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      scalar,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'name', 'metadata', 'x/y', 'on'), tie('value'), { maxKeys: 4 }),
    ),
  }));
  const member = fc.dictionary(fc.constantFrom('a', 'b', 'c'), json, { minKeys: 1, maxKeys: 3 });
  const layout = fc.record({
    indent: fc.constantFrom(2, 3, 4),
    indentSeq: fc.boolean(),
    collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
  });

  it('leads from any document to any other, in any layout', () => {
    fc.assert(
      fc.property(member, member, layout, (before, after, options) => {
        const text = stringify(before, { ...options, aliasDuplicateObjects: false });
        rewritten(text, (value: Record<string, unknown>) => {
          for (const key of Object.keys(value)) Reflect.deleteProperty(value, key);
          Object.assign(value, after);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('hardly ever has to write one anew', () => {
    let anew = 0;
    fc.assert(
      fc.property(member, member, layout, (before, added, options) => {
        const text = stringify(before, { ...options, aliasDuplicateObjects: false });
        const result = rewritten(text, (value: Record<string, unknown>) => Object.assign(value, { added }));
        anew += result.rewritten.length;
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(anew).toBe(0);
  });
});
