import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = [
  ...['README.md', 'CHANGELOG.md', 'certs/README.md', 'charts/tidegate/README.md'],
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
];

describe.each(pages)('%s', (page) => {
  it('links to files that are there', () => {
    const links = [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(
      ([, to = '']) => to,
    );
    const local = links.filter((to) => !/^(https?:|#)/.test(to)).map((to) => to.replace(/#.*$/, ''));
    expect(local.filter((to) => !existsSync(join(root, dirname(page), to)))).toEqual([]);
  });
});
