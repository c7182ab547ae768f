import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/objects/json.js';
import { applyPatch } from '../../../src/placement/apply.js';
import type { Step } from '../../../src/placement/patch.js';
import { takeBack } from '../../../src/placement/take-back.js';

/** Undoes the steps on a copy; the operations that were answered do the same to another one. */
function undo(template: object, ...steps: Step[]) {
  const taken = structuredClone(template) as JsonObject;
  const operations = takeBack(taken, '/t', steps);
  const patched = { t: structuredClone(template) } as JsonObject;
  applyPatch(patched, structuredClone(operations));
  expect(patched['t']).toEqual(taken);
  return { left: taken, operations };
}

const ours = { key: 'kwok.x-k8s.io/node', operator: 'Exists' };
const users = { key: 'spot', operator: 'Exists' };
const plus = (path: string, value: unknown): Step => ['+', path, value as string];

describe('what was put in', () => {
  it.each<[string, object, Step[], object]>([
    ['goes: a member', { a: 1, b: 2 }, [plus('/b', 2)], { a: 1 }],
    ['goes: an item', { a: [users, ours] }, [plus('/a/1', ours)], { a: [users] }],
    ['goes: a list and what was in it', { a: [ours] }, [plus('/a', []), plus('/a/0', ours)], {}],
    ['goes: a map and what was in it', { a: { 'b/c': 'd' } }, [plus('/a', {}), plus('/a/b~1c', 'd')], {}],
    [
      'goes from where it is now, behind one of the user',
      { a: [users, ours] },
      [plus('/a/0', ours)],
      { a: [users] },
    ],
    [
      'goes with its members in another order',
      { a: [{ operator: 'Exists', key: 'kwok.x-k8s.io/node' }] },
      [plus('/a/0', ours)],
      { a: [] },
    ],
    [
      'stays where the user changed it',
      { a: { ...ours, operator: 'Equal' } },
      [plus('/a', ours)],
      { a: { ...ours, operator: 'Equal' } },
    ],
    ['stays away where the user took it out', { a: [users] }, [plus('/a/0', ours)], { a: [users] }],
    [
      'leaves a list that the user filled',
      { a: [users, ours] },
      [plus('/a', []), plus('/a/1', ours)],
      { a: [users] },
    ],
    ['leaves a map that the user filled', { a: { b: 'c' } }, [plus('/a', {})], { a: { b: 'c' } }],
    ['goes once, not as often as it is there', { a: [ours, ours] }, [plus('/a/1', ours)], { a: [ours] }],
    ['is not looked for where nothing is', {}, [plus('/a/b/c', 1), plus('/constructor/name', 'Object')], {}],
    ['is not looked for in a text', { a: 'b' }, [plus('/a/0', 'b')], { a: 'b' }],
  ])('%s', (_, template, steps, left) => {
    expect(undo(template, ...steps).left).toEqual(left);
  });

  it('goes from the container of that name, wherever it is now', () => {
    const template = {
      containers: [
        { name: 'new', env: [] },
        { name: 'app', env: [{ name: 'A' }] },
      ],
    };
    const { left, operations } = undo(template, plus('/containers/app/env/0', { name: 'A' }));
    expect(left).toEqual({
      containers: [
        { name: 'new', env: [] },
        { name: 'app', env: [] },
      ],
    });
    expect(operations).toEqual([{ op: 'remove', path: '/t/containers/1/env/0' }]);
  });

  it('stays away with the container', () => {
    const template = { containers: [{ name: 'new', env: [{ name: 'A' }] }] };
    expect(undo(template, plus('/containers/app/env/0', { name: 'A' })).operations).toEqual([]);
  });
});

describe('what was replaced', () => {
  it.each<[string, object, Step, object]>([
    ['comes back: a member', { a: 2 }, ['=', '/a', 2, 1], { a: 1 }],
    ['comes back: an item', { a: [0, 2] }, ['=', '/a/1', 2, 1], { a: [0, 1] }],
    ['comes back where it is now', { a: [2, 0] }, ['=', '/a/1', 2, 1], { a: [1, 0] }],
    ['stays as the user changed it', { a: 3 }, ['=', '/a', 2, 1], { a: 3 }],
    ['stays away where the user took it out', {}, ['=', '/a', 2, 1], {}],
  ])('%s', (_, template, step, left) => {
    expect(undo(template, step).left).toEqual(left);
  });
});

describe('what was taken out', () => {
  const agent = { name: 'JAEGER_AGENT_HOST', value: '$(IP)' };

  it.each<[string, object, Step[], object]>([
    ['comes back: a member', {}, [['-', '/a', 1]], { a: 1 }],
    ['comes back where it was', { a: [1, 3] }, [['-', '/a/1', 2]], { a: [1, 2, 3] }],
    ['comes back at the end of a list that is shorter now', { a: [] }, [['-', '/a/5', 2]], { a: [2] }],
    [
      'comes back from the last to the first',
      { a: [2] },
      [
        ['-', '/a/2', 3],
        ['-', '/a/0', 1],
      ],
      { a: [1, 2, 3] },
    ],
    [
      'stays away where the user has set the name again',
      { env: [{ name: 'JAEGER_AGENT_HOST', value: 'own' }] },
      [['-', '/env/0', agent]],
      { env: [{ name: 'JAEGER_AGENT_HOST', value: 'own' }] },
    ],
    ['stays away where the user has set the member again', { a: 2 }, [['-', '/a', 1]], { a: 2 }],
    ['stays away with its list', {}, [['-', '/env/0', agent]], {}],
    [
      'comes back as often as it was there',
      { env: [] },
      [
        ['-', '/env/1', agent],
        ['-', '/env/0', { ...agent, value: 'a' }],
      ],
      { env: [{ ...agent, value: 'a' }, agent] },
    ],
  ])('%s', (_, template, steps, left) => {
    expect(undo(template, ...steps).left).toEqual(left);
  });
});

describe('node affinity', () => {
  const eci = { key: 'type', operator: 'In', values: ['virtual-kubelet'] };
  const zone = { key: 'zone', operator: 'In', values: ['a'] };
  const terms = '/affinity/nodeAffinity/required/nodeSelectorTerms';
  const withTerms = (...nodeSelectorTerms: object[]) => ({
    affinity: { nodeAffinity: { required: { nodeSelectorTerms }, preferred: [] } },
  });
  const without = { affinity: { nodeAffinity: { preferred: [] } } };

  it.each<[string, object, Step[], object]>([
    [
      'is taken out of a term',
      withTerms({ matchExpressions: [zone, eci] }),
      [plus(`${terms}/0/matchExpressions/1`, eci)],
      withTerms({ matchExpressions: [zone] }),
    ],
    [
      'is taken out of a term that the user moved',
      withTerms(
        { matchExpressions: [{ key: 'disk', operator: 'Exists' }] },
        { matchExpressions: [zone, eci] },
      ),
      [plus(`${terms}/0/matchExpressions/1`, eci)],
      withTerms({ matchExpressions: [{ key: 'disk', operator: 'Exists' }] }, { matchExpressions: [zone] }),
    ],
    [
      'leaves no term that matches nothing where the user took out all else',
      withTerms({ matchExpressions: [zone] }, { matchExpressions: [eci] }),
      [plus(`${terms}/1/matchExpressions/1`, eci)],
      withTerms({ matchExpressions: [zone] }),
    ],
    [
      'leaves a term that has fields',
      withTerms({ matchFields: [zone], matchExpressions: [eci] }),
      [plus(`${terms}/0/matchExpressions`, []), plus(`${terms}/0/matchExpressions/0`, eci)],
      withTerms({ matchFields: [zone] }),
    ],
    [
      'leaves no selector without terms where the user took out his own: the API server refuses it',
      withTerms({ matchExpressions: [eci] }),
      [plus(`${terms}/0/matchExpressions/1`, eci)],
      without,
    ],
    [
      'leaves no selector without terms where only our copy is left',
      withTerms({ matchExpressions: [zone, eci] }),
      [plus(`${terms}/1`, { matchExpressions: [zone, eci] })],
      without,
    ],
    [
      'leaves the empty terms of the user',
      withTerms({}, { matchExpressions: [zone, eci] }),
      [plus(`${terms}/1/matchExpressions/1`, eci)],
      withTerms({}, { matchExpressions: [zone] }),
    ],
  ])('%s', (_, template, steps, left) => {
    expect(undo(template, ...steps).left).toEqual(left);
  });
});

describe('a record that somebody else wrote', () => {
  it.each<[string, Step]>([
    ['to a member called __proto__', ['-', '/a/__proto__', { polluted: true }]],
    ['into the prototype', ['+', '/__proto__/polluted', true]],
    ['with an index that is none', ['+', '/list/x', 1]],
    ['with a negative index', ['-', '/list/-1', 1]],
    ['with an index that is a fraction', ['=', '/list/0.5', 1, 2]],
    ['through a text', ['+', '/text/0/a', 'a']],
  ])('does no harm: %s', (_, step) => {
    const template = { a: {}, list: [0], text: 'abc' };
    takeBack(template, '', [step]);
    expect({}).not.toHaveProperty('polluted');
    expect(Object.keys(template)).toEqual(['a', 'list', 'text']);
  });
});
