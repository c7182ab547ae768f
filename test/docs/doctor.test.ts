import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { lookedAt } from '../../src/doctor/checks/own-access.js';
import { foreignKinds } from '../../src/doctor/custom.js';
import { checks } from '../../src/doctor/registry.js';

const text = readFileSync(new URL('../../docs/doctor.md', import.meta.url), 'utf8');
/** The rows of the table: check, what it looks at, red, yellow, what to do. */
const rows = [...text.matchAll(/^\| `([a-z-]+)` \| (.+?) \| (.*?) ?\| (.*?) ?\| (.+?) \|$/gm)];

describe('docs/doctor.md', () => {
  it('lists every check of the registry, in its order, and no other', () => {
    expect(rows.map(([, id]) => id)).toEqual(checks.map(({ id }) => id));
  });

  it.each(rows.map(([, id, , red = '', yellow = '', remedy = '']) => [id, red, yellow, remedy] as const))(
    'says of %s what red or yellow means, and what to do',
    (_, red, yellow, remedy) => {
      expect(`${red}${yellow}`).toMatch(/\S{2,}/);
      expect(remedy).toMatch(/\S{2,}/);
    },
  );

  it('has a role for all that it looks at, and for no more', () => {
    const [, yaml = ''] = /^```yaml\n(.*?)^```$/ms.exec(text) ?? [];
    const { rules } = parse(yaml) as { readonly rules: readonly Record<string, readonly string[]>[] };
    const given = rules.flatMap(({ apiGroups = [], resources = [], verbs = [] }) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${apiGroups[0] ?? ''} ${resource}`)),
    );
    const asked = lookedAt({ namespace: 'x' }).map(
      ({ verb, group, resource }) => `${verb} ${group} ${resource}`,
    );
    const foreign = foreignKinds.map((name) => {
      const [plural = '', ...group] = name.split('.');
      return `list ${group.join('.')} ${plural}`;
    });
    expect(given.toSorted()).toEqual([...new Set([...asked, ...foreign])].sort());
  });
});
