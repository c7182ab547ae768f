import { describe, expect, it } from 'vitest';
import { builtinSchema } from '../../../../src/sim/kinds/builtin.js';
import { coreShapes } from '../../../../src/sim/kinds/shape-core.js';
import { groupShapes } from '../../../../src/sim/kinds/shape-groups.js';

describe('shapes', () => {
  const all = Object.entries({ ...coreShapes, ...groupShapes });

  it.each(all)('%s names only fields that the type has', (type, words) => {
    const { fields } = builtinSchema(type);
    const named = words.split(' ').map((word) => /^[\w-]*/.exec(word)?.[0] ?? '');
    expect(named.filter((field) => field !== '' && !fields.has(field))).toEqual([]);
  });
});
