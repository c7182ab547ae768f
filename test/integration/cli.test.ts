import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../support/folder.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const shell = (script: string) =>
  promisify(execFile)('bash', ['-c', `set -o pipefail; ${script}`], { cwd: root });
const explain = 'bin/tidegate explain -f examples --policies examples/policies';

describe('the command line, as a process', () => {
  it('runs by its script from anywhere, and by a link as npm makes one', async () => {
    const folder = await folderWith();
    await symlink(join(root, 'dist/cli.js'), join(folder, 'tidegate'));
    const { stdout } = await shell(`cd / && ${root}bin/tidegate version && node ${folder}/tidegate version`);
    expect(stdout).toMatch(/^(\d+\.\d+\.\d+)\n\1\n$/);
  });

  it('ends quietly where its reader has had enough', async () => {
    const { stdout, stderr } = await shell(`${explain} | head -n 1`);
    expect([stdout, stderr]).toEqual([
      'CronJob data-warehouse/daily-rollup  examples/batch-overflow.yaml:2\n',
      '',
    ]);
  });

  it('reads standard input and pipes given as files', async () => {
    const inject = 'bin/tidegate inject --policies examples/policies -o diff';
    const { stdout: fromInput } = await shell(`${inject} -f - < examples/plain.yaml`);
    const { stdout: fromPipe } = await shell(`${inject} -f <(cat examples/plain.yaml)`);
    expect(fromInput).toContain('+          tolerations:');
    expect(fromPipe.split('\n').slice(2)).toEqual(fromInput.split('\n').slice(2));
  });

  it('exits with 0, 1 for a failure and 2 for a line that is not understood', async () => {
    const codes = await shell(
      'for a in version "policy lint /nowhere" dance; do bin/tidegate $a >/dev/null 2>&1; echo $?; done',
    );
    expect(codes.stdout).toBe('0\n1\n2\n');
  });
});
