import { main } from '../../src/cli.js';
import type { Terminal } from '../../src/cmd/command.js';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. Default: empty standard input, output to a file. */
export async function command(
  argv: readonly string[],
  { stdin = '', terminal }: { readonly stdin?: string; readonly terminal?: Terminal } = {},
): Promise<CommandResult> {
  const texts = { stdout: '', stderr: '' };
  const code = await main(argv, {
    stdout: (text) => (texts.stdout += text),
    stderr: (text) => (texts.stderr += text),
    stdin: () => Promise.resolve(stdin),
    ...(terminal && { terminal }),
  });
  return { code, ...texts };
}
