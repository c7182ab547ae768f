import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { version } from '../../src/cmd/version.js';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'));
const { jobs } = read('.github/workflows/ci.yaml') as { jobs: { publish: { steps: readonly Step[] } } };
const { steps } = jobs.publish;
const runs = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

/** What the step that reads the tag leaves to those after it, and whether it goes on. */
function tagged(tag: string) {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-release-'));
  const file = join(folder, 'env');
  const script = runs.find((run) => run.includes('GITHUB_REF_NAME')) ?? '';
  const env = { PATH: process.env['PATH'], GITHUB_REF_NAME: tag, GITHUB_ENV: file };
  const { status } = spawnSync('bash', ['-e', '-c', script], { cwd: root, env });
  const left = readFileSync(file, 'utf8').trim();
  rmSync(folder, { recursive: true });
  return { status, left };
}

describe('a release', () => {
  it('is tagged v and the version of package.json, which the chart has too', () => {
    expect(tagged(`v${version()}`)).toEqual({ status: 0, left: `VERSION=${version()}` });
    expect(tagged('v999.0.0').status).toBe(1);
    expect(read('charts/tidegate/Chart.yaml')).toMatchObject({ version: version(), appVersion: version() });
  });

  it('gives the image the very tag that the chart asks for where none is named', () => {
    const tags = steps.flatMap((step) => step.with?.['tags'] ?? []);
    expect(tags).toEqual(['${{ env.IMAGE }}:${{ env.VERSION }}']);
    expect(runs.join('\n')).toContain(
      'package charts/tidegate --version "$VERSION" --app-version "$VERSION"\n',
    );
  });
});
