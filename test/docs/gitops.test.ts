import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command } from '../support/command.js';

const text = readFileSync(new URL('../../docs/gitops.md', import.meta.url), 'utf8');

describe('docs/gitops.md', () => {
  it('shows what an Application needs as tidegate doctor --argocd prints it', async () => {
    const [, shown] = /^```yaml\n(.*?)^```$/ms.exec(text) ?? [];
    expect(await command(['doctor', '--argocd'])).toEqual({ code: 0, stdout: shown, stderr: '' });
    const { stdout } = await command(['doctor', '--argocd', '--release', 'gate']);
    expect(stdout).toBe(shown?.replace('name: tidegate', 'name: gate-tidegate'));
  });
});
