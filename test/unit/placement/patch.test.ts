import { describe, expect, it } from 'vitest';
import { below, PatchBuilder } from '../../../src/placement/patch.js';

const template = { pointer: '/spec/template', named: '' };

describe('below', () => {
  it('escapes a token in both paths', () => {
    expect(below(template, 'a/b~c')).toEqual({ pointer: '/spec/template/a~1b~0c', named: '/a~1b~0c' });
  });

  it('records an item by its name where it has one', () => {
    const container = below(below(template, 'containers'), 0, 'app/1');
    expect(below(container, 'env')).toEqual({
      pointer: '/spec/template/containers/0/env',
      named: '/containers/app~11/env',
    });
  });
});

describe('PatchBuilder', () => {
  it('keeps with every operation the step that undoes it', () => {
    const patch = new PatchBuilder();
    patch.add(below(template, 'a'), 1);
    patch.replace(below(template, 'b'), 2, 1);
    patch.remove(below(template, 'c'), 3);
    expect(patch.operations).toEqual([
      { op: 'add', path: '/spec/template/a', value: 1 },
      { op: 'replace', path: '/spec/template/b', value: 2 },
      { op: 'remove', path: '/spec/template/c' },
    ]);
    expect(patch.steps).toEqual([
      ['+', '/a', 1],
      ['=', '/b', 2, 1],
      ['-', '/c', 3],
    ]);
  });

  it.each([
    ['nothing', undefined, [{ op: 'add', path: '/spec/template/a', value: {} }]],
    ['a null', null, [{ op: 'add', path: '/spec/template/a', value: {} }]],
    ['an empty map', {}, []],
  ])('makes a parent where there is %s', (_, there, operations) => {
    const patch = new PatchBuilder();
    patch.ensure(below(template, 'a'), there, 'map');
    expect(patch.operations).toEqual(operations);
  });
});
