import { stringify } from 'yaml';
import { AppError } from '../errors.js';
import type { JsonObject } from '../objects/json.js';
import { type CompiledPolicy, compile } from '../placement/compile.js';
import { logResources } from '../placement/log-resources.js';
import { policyCrd } from '../policy/crd.js';
import { formatPath } from '../policy/fault.js';
import { lintPolicies } from '../policy/lint.js';
import type { Policy } from '../policy/policy.js';
import { providers } from '../providers/registry.js';
import { loadPolicyFiles, readPolicyFiles } from '../sources/policy-files.js';
import type { Io } from './command.js';
import { noPositionals, parseFlags } from './flags.js';

export const usage = `Usage: tidegate policy lint PATH…
       tidegate policy crd
       tidegate policy log-config PATH…

lint        reads policies from files and folders; prints every fault (and exits 1) or the warnings
crd         prints the CustomResourceDefinition of VirtualNodePolicy
log-config  prints the log resources that the policies need, to be applied to the cluster`;

type Subcommand = (paths: readonly string[], io: Io) => Promise<number>;

const subcommands: ReadonlyMap<string | undefined, Subcommand> = new Map([
  ['lint', lint],
  ['crd', crd],
  ['log-config', logConfig],
]);

export async function run(args: readonly string[], io: Io): Promise<number> {
  const [name, ...paths] = parseFlags(args, {}).positionals;
  const subcommand = subcommands.get(name);
  if (subcommand !== undefined) return subcommand(paths, io);
  const came = name === undefined ? 'nothing' : `'${name}'`;
  throw new AppError('usage', `expected one of ${[...subcommands.keys()].join(', ')}, got ${came}`);
}

async function lint(paths: readonly string[], io: Io): Promise<number> {
  const read = await readPolicyFiles(atLeastOne(paths));
  if (!read.ok) throw read.error;
  const { policies, namespaces } = read.set;
  const warnings = lintPolicies(policies, { notOffered, knowsNamespaces: namespaces.size > 0 });
  for (const { policy, path, message } of warnings) {
    const { file, line, column } = read.locate(policy, path);
    io.stdout(`${file}:${line}:${column}: warning: ${formatPath(path)}: ${message}\n`);
  }
  const counts = [
    count(policies.length, 'policy', 'policies'),
    count(namespaces.size, 'Namespace', 'Namespaces'),
    count(warnings.length, 'warning', 'warnings'),
  ];
  io.stdout(`${counts.join(', ')}, no fault\n`);
  return 0;
}

function crd(extra: readonly string[], io: Io): Promise<number> {
  noPositionals(extra);
  io.stdout(toYaml(policyCrd()));
  return Promise.resolve(0);
}

async function logConfig(paths: readonly string[], io: Io): Promise<number> {
  const { policies } = await loadPolicyFiles(atLeastOne(paths));
  const resources = policies.flatMap(logResources).map(({ manifest }) => manifest);
  if (resources.length === 0) io.stderr('no policy needs a log resource\n');
  io.stdout(resources.map(toYaml).join('---\n'));
  return 0;
}

function atLeastOne(paths: readonly string[]): readonly string[] {
  if (paths.length > 0) return paths;
  throw new AppError('usage', 'expected at least one file or folder');
}

const notOffered = (policy: Policy) => {
  const compiled = compiledOf(policy);
  return compiled.intentFor(compiled.chosen).slots.notOffered;
};

function compiledOf(policy: Policy): CompiledPolicy {
  return compile(policy, new Map(providers.map((provider) => [provider.name, provider])));
}

function toYaml(resource: JsonObject): string {
  return stringify(resource, { aliasDuplicateObjects: false, lineWidth: 0 });
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
