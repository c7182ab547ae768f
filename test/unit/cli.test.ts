import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli.js';

async function tidegate(...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(argv, { stdout: (text) => out.push(text), stderr: (text) => err.push(text) });
  return { code, stdout: out.join(''), stderr: err.join('') };
}

describe('tidegate', () => {
  it.each(['help', '--help', '-h'])('lists its commands for %s', async (word) => {
    const { code, stdout } = await tidegate(word);
    expect(code).toBe(0);
    expect(stdout).toContain('\n  certs ');
  });

  it('lists them on standard error without a command, with exit code 2', async () => {
    const { code, stdout, stderr } = await tidegate();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: tidegate COMMAND');
  });

  it.each(['dance', 'toString', '__proto__', '--loud'])('does not know %s', async (word) => {
    const { code, stderr } = await tidegate(word);
    expect(code).toBe(2);
    expect(stderr).toContain(`unknown command '${word}'`);
  });

  it('says its version', async () => {
    expect(await tidegate('--version')).toMatchObject({ code: 0, stdout: '0.1.0\n' });
  });

  it('explains a command instead of running it', async () => {
    const { code, stdout } = await tidegate('certs', '--out', 'never', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: tidegate certs --out DIR');
  });
});
