import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parsePolicy } from '../../src/policy/parse.js';
import { renderFields, renderReasons } from '../support/policy-doc.js';

const file = new URL('../../docs/policy.md', import.meta.url);
const text = readFileSync(file, 'utf8');

describe('docs/policy.md', () => {
  // `vitest run test/docs/policy.test.ts --update` writes the tables anew; the rest is written by hand.
  it('lists every field of the schema and every reason of the code, and nothing else', async () => {
    const expected = replaceTable(replaceTable(text, 'field', renderFields()), 'reason', renderReasons());
    await expect(expected).toMatchFileSnapshot(file.pathname);
  });

  it('says something of every field', () => {
    expect(renderFields()).not.toMatch(/\| {2}\|$/m);
  });

  it('shows policies that are valid', () => {
    const examples = [...text.matchAll(/^```yaml\n(apiVersion: tidegate[^]*?)^```$/gm)].map(
      ([, yaml = '']) => yaml,
    );
    expect(examples.length).toBeGreaterThan(0);
    for (const yaml of examples) expect(parsePolicy(parse(yaml))).toMatchObject({ ok: true });
  });
});

/** The table whose first column has this head. */
function replaceTable(markdown: string, head: string, table: string): string {
  const pattern = new RegExp(`^\\| ${head} \\|[^\\n]*(\\n\\|[^\\n]*)*`, 'm');
  if (!pattern.test(markdown)) throw new Error(`docs/policy.md has no table of ${head}s`);
  return markdown.replace(pattern, () => table);
}
