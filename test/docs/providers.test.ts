import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { providers } from '../../src/providers/registry.js';
import { renderProvider } from '../support/provider-doc.js';

const file = new URL('../../docs/providers.md', import.meta.url);
const [introduction = '', ...sections] = readFileSync(file, 'utf8').split(/^(?=## )/m);
const byName = [...providers].sort((a, b) => (a.name < b.name ? -1 : 1));
const leftOutMark = '\n\nLeft out, and notes:\n\n';

describe('docs/providers.md', () => {
  // `vitest run test/docs/providers.test.ts --update` writes the tables anew; the rest is written by hand.
  it('says what the presets hold, and nothing else', async () => {
    const expected = byName.map(
      (provider) => renderProvider(provider) + leftOutMark + leftOutOf(provider.name),
    );
    await expect(introduction + expected.join('\n')).toMatchFileSnapshot(file.pathname);
  });

  it.each(byName.map(({ name }) => name))('says what of %s was left out, and why', (name) => {
    expect(leftOutOf(name)).toMatch(/^(- \S.*[.]\n)+$/u);
  });
});

/** The hand-written end of a section: a list. */
function leftOutOf(name: string): string {
  const section = sections.find((text) => text.startsWith(`## ${name}\n`)) ?? '';
  const [, leftOut = ''] = section.split(leftOutMark);
  return `${leftOut.trim()}\n`;
}
