import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** kubectl with a folder at the front of its PATH, where `kubectl-tidegate` is linked to `target`. */
async function kubectlWith(target: (folder: string) => string) {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-plugin-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await symlink(target(folder), join(folder, 'kubectl-tidegate'));
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  return async (...args: readonly string[]) => {
    const { stdout } = await promisify(execFile)('kubectl', args, { env });
    return stdout;
  };
}

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

describe(`kubectl tidegate${hasKubectl ? '' : ' (not run: no kubectl is on the PATH)'}`, () => {
  it.skipIf(!hasKubectl).each([
    ['an absolute link', () => join(root, 'bin/tidegate')],
    ['a relative link', (folder: string) => relative(folder, join(root, 'bin/tidegate'))],
  ])('is found by kubectl through %s on the PATH', async (_, target) => {
    const kubectl = await kubectlWith(target);
    expect(await kubectl('plugin', 'list')).toContain('/kubectl-tidegate\n');
    expect(await kubectl('tidegate', 'version')).toBe('0.1.0\n');
    expect(await kubectl('tidegate', 'doctor', '--argocd')).toContain('ignoreDifferences:');
  });

  it('is a program of the package, which npm links', async () => {
    const { bin } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      readonly bin: Readonly<Record<string, string>>;
    };
    expect(bin).toEqual({ tidegate: 'dist/cli.js', 'kubectl-tidegate': 'dist/cli.js' });
    expect(await readFile(join(root, 'dist/cli.js'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});
