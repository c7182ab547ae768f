import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors.js';
import type { JsonObject } from '../../../../src/objects/json.js';
import type { NodeSelectorTerm } from '../../../../src/objects/pod.js';
import { applyPatch } from '../../../../src/placement/apply.js';
import type { Wish } from '../../../../src/placement/intent.js';
import { PatchBuilder } from '../../../../src/placement/patch.js';
import { mergeAffinity } from '../../../../src/placement/slots/affinity.js';
import { deepFreeze } from '../../../support/freeze.js';
import { intentWith } from '../../../support/intent.js';

const eci = { key: 'type', operator: 'In', values: ['virtual-kubelet'] } as const;
const kwok = { key: 'type', operator: 'In', values: ['kwok'] } as const;
const linux = { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] } as const;
const zone = { key: 'zone', operator: 'In', values: ['a'] } as const;
const disk = { key: 'disk', operator: 'Exists' } as const;

const term = (...matchExpressions: NonNullable<NodeSelectorTerm['matchExpressions']>): NodeSelectorTerm => ({
  matchExpressions,
});

const required = (...terms: unknown[]) => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
});
const preferred = (...terms: unknown[]) => ({
  nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: terms },
});

function merge(affinity: unknown, ...wishes: Wish[]) {
  const object = { spec: affinity === undefined ? {} : { affinity } } as JsonObject;
  const spec = deepFreeze(structuredClone(object))['spec'] as JsonObject;
  const patch = new PatchBuilder();
  const place = { pointer: '/spec', named: '/spec' };
  const outcomes = mergeAffinity(spec, place, intentWith(wishes, 'affinity'), patch);
  applyPatch(object, structuredClone(patch.operations));
  return {
    affinity: (object['spec'] as JsonObject)['affinity'],
    results: outcomes.map(({ result }) => result),
    outcomes,
    operations: patch.operations,
  };
}

const onto = (...terms: NodeSelectorTerm[]): Wish => ({ slot: 'requiredAffinity', terms });
const prefer = (weight: number, preference: NodeSelectorTerm): Wish => ({
  slot: 'preferredAffinity',
  value: { weight, preference },
});

describe('required node affinity', () => {
  it.each<[string, unknown, readonly NodeSelectorTerm[], unknown]>([
    ['is made where there is no affinity', undefined, [term(eci)], required(term(eci))],
    ['is made where the affinity is null', null, [term(eci)], required(term(eci))],
    ['is made where node affinity is null', { nodeAffinity: null }, [term(eci)], required(term(eci))],
    [
      'is made beside another affinity',
      { podAntiAffinity: { a: 1 } },
      [term(eci)],
      { podAntiAffinity: { a: 1 }, ...required(term(eci)) },
    ],
    [
      'offers every provider as an alternative',
      undefined,
      [term(eci), term(kwok)],
      required(term(eci), term(kwok)),
    ],
    ['is ANDed into a term', required(term(zone)), [term(eci)], required(term(zone, eci))],
    [
      'is ANDed into every term, as terms are ORed',
      required(term(zone), term(disk)),
      [term(eci)],
      required(term(zone, eci), term(disk, eci)),
    ],
    [
      'makes the cross product with several providers',
      required(term(zone), term(disk)),
      [term(eci), term(kwok)],
      required(term(zone, eci), term(disk, eci), term(zone, kwok), term(disk, kwok)),
    ],
    [
      'adds only the requirements that a term lacks',
      required(term(zone, linux)),
      [term(eci, linux)],
      required(term(zone, linux, eci)),
    ],
    [
      'goes beside the fields of a term',
      required({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }),
      [term(eci)],
      required({
        matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }],
        matchExpressions: [eci],
      }),
    ],
    [
      'leaves an empty term empty: it matches no node',
      required({}, { matchExpressions: [] }, term(zone)),
      [term(eci)],
      required({}, { matchExpressions: [] }, term(zone, eci)),
    ],
    [
      'leaves a term that holds one of the alternatives',
      required(term(zone, kwok), term(zone)),
      [term(eci), term(kwok)],
      required(term(zone, kwok), term(zone, eci), term(zone, kwok)),
    ],
    [
      'copies a term as the API server stores it',
      required({ matchFields: [], matchExpressions: [{ ...disk, values: [] }] }),
      [term(eci), term(kwok)],
      required({ matchFields: [], matchExpressions: [{ ...disk, values: [] }, eci] }, term(disk, kwok)),
    ],
  ])('%s', (_, affinity, terms, expected) => {
    const merged = merge(affinity, onto(...terms));
    expect(merged.affinity).toEqual(expected);
    expect(merged.results).toEqual(['added']);
    expect(merge(merged.affinity, onto(...terms))).toMatchObject({
      operations: [],
      results: ['already-there'],
    });
  });

  it('says that a term without requirements keeps the pod from every node', () => {
    expect(merge(required({}), onto(term(eci)))).toMatchObject({
      operations: [],
      outcomes: [{ result: 'user-wins', why: 'every term is empty, which matches no node' }],
    });
  });

  it('adds, and replaces nothing', () => {
    const { operations } = merge(required(term(zone), term(disk)), onto(term(eci), term(kwok)));
    expect(operations.map(({ op }) => op)).toEqual(['add', 'add', 'add', 'add']);
  });
});

describe('preferred node affinity', () => {
  it.each<[string, unknown, unknown]>([
    ['is made where there is none', undefined, preferred({ weight: 100, preference: term(eci) })],
    [
      'goes behind that of the user',
      preferred({ weight: 1, preference: term(zone) }),
      preferred({ weight: 1, preference: term(zone) }, { weight: 100, preference: term(eci) }),
    ],
    [
      'is another one with another weight',
      preferred({ weight: 50, preference: term(eci) }),
      preferred({ weight: 50, preference: term(eci) }, { weight: 100, preference: term(eci) }),
    ],
  ])('%s', (_, affinity, expected) => {
    const merged = merge(affinity, prefer(100, term(eci)));
    expect(merged.affinity).toEqual(expected);
    expect(merge(merged.affinity, prefer(100, term(eci)))).toMatchObject({
      operations: [],
      results: ['already-there'],
    });
  });

  it('is made together with the required one', () => {
    const merged = merge(
      undefined,
      onto(term(eci), term(kwok)),
      prefer(100, term(eci)),
      prefer(90, term(kwok)),
    );
    expect(merged.affinity).toEqual({
      nodeAffinity: {
        ...required(term(eci), term(kwok)).nodeAffinity,
        ...preferred({ weight: 100, preference: term(eci) }, { weight: 90, preference: term(kwok) })
          .nodeAffinity,
      },
    });
    expect(merged.results).toEqual(['added', 'added', 'added']);
  });
});

describe('an affinity of a wrong type', () => {
  const path = '/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution';

  it.each([
    ['a list for the affinity', [], '/spec/affinity: expected an object, got array'],
    [
      'a term that is no object',
      required('a'),
      `${path}/nodeSelectorTerms/0: expected an object, got string`,
    ],
    [
      'an expression whose key is a number',
      required({ matchExpressions: [{ key: 1 }] }),
      `${path}/nodeSelectorTerms/0/matchExpressions/0/key: expected a string, got number`,
    ],
    [
      'values that are no list',
      required({ matchExpressions: [{ key: 'a', operator: 'In', values: 'b' }] }),
      `${path}/nodeSelectorTerms/0/matchExpressions/0/values: expected an array, got string`,
    ],
  ])('is located: %s', (_, affinity, message) => {
    expect(() => merge(affinity, onto(term(eci)))).toThrow(new AppError('object-invalid', message));
  });

  it('is not looked at where nothing is wanted of it', () => {
    expect(merge('not an affinity')).toMatchObject({ operations: [], outcomes: [] });
  });
});
