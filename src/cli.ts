#!/usr/bin/env node
import { existsSync, realpathSync } from 'node:fs';
import { text as readText } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Command, Io } from './cmd/command.js';
import { AppError, messageOf } from './errors.js';
import { stayAwake } from './telemetry/clock.js';

/** By name. Each is imported when it is called: no process loads the packages of another. */
const commands: Readonly<Record<string, { summary: string; load: () => Promise<Command> }>> = {
  webhook: {
    summary: 'answer the API server: rewrite pod templates as they are admitted',
    load: () => import('./cmd/webhook.js'),
  },
  controllers: {
    summary:
      'repair what the webhook missed: marks of pods on virtual nodes, CronJobs that were there already',
    load: () => import('./cmd/controllers.js'),
  },
  scheduler: {
    summary: 'bind pods to virtual nodes, many at once, and to ordinary nodes when those cannot take them',
    load: () => import('./cmd/scheduler.js'),
  },
  inject: {
    summary: 'rewrite manifests as the webhook would, without a cluster',
    load: () => import('./cmd/inject.js'),
  },
  demo: {
    summary: 'a cluster in a box with the webhook beside it: the examples, or a cluster to play with',
    load: () => import('./cmd/demo.js'),
  },
  explain: {
    summary: 'tell why a workload is moved or not, and what each part of a policy does',
    load: () => import('./cmd/explain.js'),
  },
  audit: {
    summary: 'list every workload of a cluster: as wanted, missed, or left alone and why',
    load: () => import('./cmd/audit.js'),
  },
  revert: {
    summary: 'take back what was put into CronJobs, before an uninstall',
    load: () => import('./cmd/revert.js'),
  },
  doctor: {
    summary: 'look at a cluster before and after the install: what is wrong, why, and what to do',
    load: () => import('./cmd/doctor.js'),
  },
  certs: {
    summary: 'make certificates for development',
    load: () => import('./cmd/certs.js'),
  },
  policy: {
    summary: 'check policy files, print the CRD and the log resources',
    load: () => import('./cmd/policy.js'),
  },
};

/** One command line; the answer is the exit code: 0, 1 for a failure, 2 for a line that is not understood. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || !Object.hasOwn(commands, name)) return withoutCommand(name, io);
  const entry = commands[name];
  if (entry === undefined) return withoutCommand(name, io);
  try {
    const command = await entry.load();
    if (args.includes('--help') || args.includes('-h')) {
      io.stdout(`${command.usage}\n`);
      return 0;
    }
    return await command.run(args, io);
  } catch (error) {
    return explain(error, name, io);
  }
}

async function withoutCommand(name: string | undefined, io: Io): Promise<number> {
  switch (name) {
    case 'help':
    case '--help':
    case '-h':
      io.stdout(usage());
      return 0;
    case 'version':
    case '--version': {
      const { version } = await import('./cmd/version.js');
      io.stdout(`${version()}\n`);
      return 0;
    }
    default:
      io.stderr(name === undefined ? usage() : `tidegate: unknown command '${name}'\n${usage()}`);
      return 2;
  }
}

function usage(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: tidegate COMMAND [FLAGS]\n\n${lines.join('\n')}\n\ntidegate COMMAND --help tells more.\n`;
}

function explain(error: unknown, name: string, io: Io): number {
  if (error instanceof AppError && error.code === 'usage') {
    io.stderr(`tidegate ${name}: ${error.message}\nTry 'tidegate ${name} --help'.\n`);
    return 2;
  }
  io.stderr(`tidegate ${name}: ${messageOf(error)}\n`);
  return 1;
}

/** `import.meta.main` came with 24.2; older ones must get as far as to be told so. */
const [, script = ''] = process.argv;
const isMain = existsSync(script) && realpathSync(script) === fileURLToPath(import.meta.url);
const oldest = 24;

if (isMain && Number.parseInt(process.versions.node) < oldest) {
  process.stderr.write(
    `tidegate: expected Node ${oldest} or newer, got ${process.version}: bin/tidegate runs it with the one that make setup brings\n`,
  );
  process.exitCode = 1;
} else if (isMain) {
  // Whoever reads may have had enough, as `head` has.
  process.stdout.on('error', () => process.exit());
  const rest = stayAwake();
  process.exitCode = await main(process.argv.slice(2), {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    stdin: () => readText(process.stdin),
    terminal: {
      // Asks NO_COLOR, FORCE_COLOR and TERM too. Not there where it is no terminal.
      colours: process.stdout.isTTY && process.stdout.hasColors(),
      columns: process.stdout.columns,
    },
  });
  rest();
}
