import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;

/**
 * The layers of the design, from the ground up: which folder of `src` may import which, and the packages that it
 * knows. A new folder has to be put here before it may import anything.
 */
const layers: Readonly<
  Record<string, { readonly imports: readonly string[]; readonly packages?: readonly string[] }>
> = {
  errors: { imports: [] },
  objects: { imports: ['errors'] },
  providers: { imports: ['objects'] },
  policy: { imports: ['objects', 'providers'], packages: ['zod'] },
  placement: { imports: ['errors', 'objects', 'policy', 'providers'] },
  text: { imports: [] },
  telemetry: { imports: [], packages: ['pino', 'prom-client'] },
  kube: { imports: ['errors', 'objects', 'telemetry'], packages: ['@kubernetes/client-node', 'undici'] },
  sources: {
    imports: ['errors', 'kube', 'objects', 'policy', 'providers', 'telemetry'],
    packages: ['yaml'],
  },
  certs: { imports: ['errors', 'objects', 'telemetry'], packages: ['node-forge'] },
  webhook: {
    imports: ['certs', 'errors', 'objects', 'placement', 'policy', 'telemetry'],
    packages: ['express'],
  },
  manifests: {
    imports: ['errors', 'objects', 'placement', 'policy', 'sources', 'text', 'webhook'],
    packages: ['yaml'],
  },
  explain: {
    imports: ['controllers', 'errors', 'manifests', 'objects', 'placement', 'policy', 'text', 'webhook'],
  },
  controllers: {
    imports: ['certs', 'errors', 'kube', 'objects', 'placement', 'policy', 'sources', 'telemetry', 'webhook'],
  },
  cron: { imports: [], packages: ['croner'] },
  midnight: { imports: ['cron'] },
  doctor: {
    imports: [
      'certs',
      'cron',
      'errors',
      'kube',
      'midnight',
      'objects',
      'placement',
      'policy',
      'providers',
      'sources',
      'text',
      'webhook',
    ],
  },
  scheduler: {
    imports: ['errors', 'kube', 'objects', 'placement', 'providers', 'sources', 'telemetry'],
  },
  sim: {
    imports: ['cron', 'kube', 'objects', 'placement', 'policy', 'providers', 'telemetry'],
    packages: ['@kubernetes/client-node', '@marcbachmann/cel-js', 'fast-json-patch', 'undici', 'yaml', 'zod'],
  },
};

/** Composition roots import all; the packages beside are for what they print. */
const roots = ['cli', 'cmd'];
const rootPackages = ['yaml'];

interface Import {
  readonly file: string;
  readonly folder: string;
  /** Folder of `src`, or a package. */
  readonly to: string;
  readonly isPackage: boolean;
}

const folderOf = (path: string): string => (path.split('/')[0] ?? '').replace(/\.[jt]s$/, '');

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, 'src', file), 'utf8');
  const specifiers = [...text.matchAll(/(?<![\w-])(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, name = '']) => name,
  );
  return specifiers.flatMap((name): Import[] => {
    if (name.startsWith('node:') || builtinModules.includes(name)) return [];
    const folder = folderOf(file);
    if (!name.startsWith('.')) {
      const parts = name.split('/').slice(0, name.startsWith('@') ? 2 : 1);
      return [{ file, folder, to: parts.join('/'), isPackage: true }];
    }
    const to = folderOf(normalize(join(dirname(file), name)));
    return to === folder ? [] : [{ file, folder, to, isPackage: false }];
  });
}

const files = globSync('**/*.ts', { cwd: join(root, 'src') });
const all = files.flatMap(importsOf);

describe('imports', () => {
  it('finds the sources', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(all.length).toBeGreaterThan(300);
  });

  it('go down the layers only, from folders that have a place in them', () => {
    const against = all.filter(
      ({ folder, to, isPackage }) =>
        !isPackage && !roots.includes(folder) && layers[folder]?.imports.includes(to) !== true,
    );
    expect(against.map(({ file, to }) => `${file} → ${to}`)).toEqual([]);
  });

  it('of a package stand in the folder that knows it', () => {
    const against = all.filter(({ folder, to, isPackage }) => {
      const known = roots.includes(folder) ? rootPackages : (layers[folder]?.packages ?? []);
      return isPackage && !known.includes(to);
    });
    expect(against.map(({ file, to }) => `${file} → ${to}`)).toEqual([]);
  });

  it('of the table are all in use', () => {
    const used = new Set(all.map(({ folder, to }) => `${folder} → ${to}`));
    const listed = Object.entries(layers).flatMap(([folder, { imports, packages = [] }]) =>
      [...imports, ...packages].map((to) => `${folder} → ${to}`),
    );
    expect(listed.filter((line) => !used.has(line))).toEqual([]);
  });

  it('of the core reach no input and no output', () => {
    const core = files.filter((file) =>
      ['objects', 'providers', 'policy', 'placement'].includes(folderOf(file)),
    );
    const reach = core.filter((file) => /from 'node:/.test(readFileSync(join(root, 'src', file), 'utf8')));
    expect(reach).toEqual([]);
  });
});
