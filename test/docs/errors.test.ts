import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/errors.js';

const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
/** The rows of the table: code, meaning, what to do. */
const rows = [...text.matchAll(/^\| `([a-z-]+)` \| (.+?) \| (.+?) \|$/gm)];

describe('docs/errors.md', () => {
  it('lists every error code of the code, in its order and words, and no other', () => {
    expect(rows.map(([, code, meaning]) => [code, meaning])).toEqual(Object.entries(errorCodes));
  });

  it.each(rows.map(([, code, , remedy]) => [code, remedy]))('says what to do about %s', (_, remedy) => {
    expect(remedy).toMatch(/^[A-Z`].{20,}\.$/);
  });
});
