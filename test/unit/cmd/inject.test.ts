import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { cronJob } from '../../support/admission-review.js';
import { command } from '../../support/command.js';
import { folderWith, writeFiles } from '../../support/folder.js';
import { policyDocument } from '../../support/policy.js';

/** One policy, that moves every CronJob to kwok. */
const policies = { 'p/all.yaml': stringify(policyDocument('all')) };

async function inject(files: Readonly<Record<string, string>>, ...args: string[]) {
  const folder = await folderWith({ ...policies, ...files });
  const given = ['--policies', join(folder, 'p'), ...args.map((arg) => arg.replace(/^DIR/, folder))];
  const { stderr, ...result } = await command(['inject', ...given]);
  return { ...result, stderr: stderr.replaceAll(folder, 'DIR'), folder };
}

async function injectText(stdin: string, ...args: string[]) {
  const folder = await folderWith(policies);
  return command(['inject', '-f', '-', '--policies', folder, ...args], { stdin });
}

const job = (name: string, podSpec = {}, metadata = {}) => stringify(cronJob(podSpec, { name, ...metadata }));
interface Written {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: Fields } } };
  };
}
type Fields = Readonly<Record<string, unknown>>;
const tolerations = (object: unknown) =>
  (object as Written).spec.jobTemplate.spec.template.spec['tolerations'];
const kwok = [{ key: 'kwok.x-k8s.io/node', operator: 'Exists', effect: 'NoSchedule' }];
const service = `# a Service\nkind:   Service\napiVersion: "v1"\nmetadata: {name: s}   # short\n\n`;

describe('tidegate inject', () => {
  it('rewrites what a policy moves, and passes everything else through byte by byte', async () => {
    const { code, stdout, stderr } = await injectText(`${service}---\n${job('a')}---\n${service}`);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.startsWith(`${service}---\n`) && stdout.endsWith(`---\n${service}`)).toBe(true);
    expect(tolerations(parseAllDocuments(stdout)[1]?.toJSON())).toEqual(kwok);
  });

  it.each([
    ['not ours', service],
    ['no objects', '# nothing\n---\n- 1\n---\n\n---\nfoo\n'],
    ['empty', ''],
    ['without a line break at the end', 'kind: Service'],
  ])('passes a text through that is %s', async (_, text) => {
    expect(await injectText(text)).toEqual({ code: 0, stdout: text, stderr: '' });
  });

  it('changes nothing in what it has written', async () => {
    const first = await injectText(`${job('a')}---\n${service}---\n${job('b')}`);
    expect(first.stdout).not.toBe('');
    expect(await injectText(first.stdout)).toEqual(first);
  });

  it('reads files and the files of a folder, not those of its folders, as one text', async () => {
    const files = {
      'x.yaml': job('x').trimEnd(),
      'm/a.yml': `---\n${job('a')}`,
      'm/b.json': JSON.stringify(cronJob({}, { name: 'b' })),
      'm/c.txt': 'not: read',
      'm/n/d.yaml': job('d'),
    };
    const { stdout } = await inject(files, '-f', 'DIR/x.yaml', '-f', 'DIR/m');
    const documents = parseAllDocuments(stdout).map((document) => document.toJSON() as Written);
    expect(documents.map(({ metadata }) => metadata.name)).toEqual(['x', 'a', 'b']);
    expect(documents.map(tolerations)).toEqual([kwok, kwok, kwok]);
  });

  it('rewrites the items of a List, and leaves the others in it alone', async () => {
    const items = [{ apiVersion: 'v1', kind: 'Service' }, cronJob(), cronJob()];
    const { stdout } = await injectText(stringify({ apiVersion: 'v1', kind: 'List', items }));
    const [first, ...others] = (parse(stdout) as { items: unknown[] }).items;
    expect(first).toEqual(items[0]);
    expect(others.map(tolerations)).toEqual([kwok, kwok]);
  });

  it('knows the kind of items in a list of one kind', async () => {
    const { apiVersion, kind, ...item } = cronJob();
    const { stdout } = await injectText(
      stringify({ apiVersion, kind: `${String(kind)}List`, items: [item] }),
    );
    expect(tolerations(parse(stdout).items[0])).toEqual(kwok);
  });

  it('writes one object as JSON, several as a List', async () => {
    const one = await injectText(job('a'), '-o', 'json');
    expect(tolerations(JSON.parse(one.stdout))).toEqual(kwok);
    const two = await injectText(`${job('a')}---\n${service}`, '-o', 'json');
    expect(JSON.parse(two.stdout)).toMatchObject({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ kind: 'CronJob' }, { kind: 'Service' }],
    });
    expect(await injectText(two.stdout, '-o', 'json')).toEqual(two);
  });

  it('shows a diff without colours, and nothing where nothing would change', async () => {
    const { stdout } = await injectText(job('a'), '-o', 'diff');
    expect(stdout).toContain('--- stdin\n+++ stdin\n@@ ');
    expect(stdout).toContain('\n+          tolerations:\n+            - key: kwok.x-k8s.io/node\n');
    expect(stdout).not.toContain('\u001b');
    expect((await injectText(service, '-o', 'diff')).stdout).toBe('');
  });

  it('colours a diff on a terminal that shows colours', async () => {
    const folder = await folderWith(policies);
    const argv = ['inject', '-f', '-', '--policies', folder, '-o', 'diff'];
    const { stdout } = await command(argv, { stdin: job('a'), terminal: { colours: true, columns: 80 } });
    expect(stdout).toContain('\u001b[32m+          tolerations:\u001b[39m\n');
  });

  it('takes the namespace of a document, else that of the flag, else default', async () => {
    const match = { match: { namespaces: { names: ['team-a'] } } };
    const folder = await folderWith({ 'p.yaml': stringify(policyDocument('p', match)) });
    const moved = async (metadata: object, ...args: string[]) => {
      const stdin = job('a', {}, metadata);
      return (
        (await command(['inject', '-f', '-', '--policies', folder, ...args], { stdin })).stdout !== stdin
      );
    };
    expect(await moved({ namespace: 'team-a' })).toBe(true);
    expect(await moved({ namespace: 'team-b' }, '-n', 'team-a')).toBe(false);
    expect(await moved({ namespace: undefined }, '-n', 'team-a')).toBe(true);
    expect(await moved({ namespace: undefined })).toBe(false);
  });

  it.each([
    ['the manifests', 'disabled', ''],
    ['the policies', '', 'disabled'],
    ['the manifests, whatever the policies say', 'disabled', 'enabled'],
  ])(
    'leaves alone what is in a Namespace that has not opted in, by %s',
    async (_, inManifests, inPolicies) => {
      const namespace = (value: string) =>
        value === ''
          ? ''
          : `apiVersion: v1\nkind: Namespace\nmetadata: {name: apps, labels: {tidegate.io/virtual-nodes: ${value}}}\n`;
      const text = `${namespace(inManifests)}---\n${job('a')}`;
      const { stdout } = await inject(
        { 'a.yaml': text, 'p/ns.yaml': namespace(inPolicies) },
        '-f',
        'DIR/a.yaml',
      );
      expect(stdout).toBe(text);
    },
  );

  it('warns on standard error, a line each, of what a policy wanted and cannot have', async () => {
    const files = { 'a.yaml': `# c\n${job('a', { hostNetwork: true })}---\n${job('b', { hostPID: true })}` };
    const { code, stderr } = await inject(files, '-f', 'DIR/a.yaml');
    expect(code).toBe(0);
    expect(stderr.split('\n')).toEqual([
      'DIR/a.yaml:2: CronJob apps/a: tidegate did not move it: the provider does not run pods with hostNetwork',
      'DIR/a.yaml:19: CronJob apps/b: tidegate did not move it: the provider does not run pods with hostPID',
      '',
    ]);
  });

  it('says where comments could not be kept', async () => {
    const text = 'x: &e {a: 1}\n'.concat(job('a').replace('spec:\n', 'spec: &s\n'), 'y: *s\n');
    const { stderr } = await injectText(text);
    expect(stderr).toBe('stdin:1: comments and layout could not be kept\n');
  });

  it('names the place of everything that cannot be read, prints nothing and exits 1', async () => {
    const files = {
      'a.yaml': `a: [1\n---\nkind: A\nkind: B\n`,
      'b.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: UPPER}\n',
    };
    const { code, stdout, stderr } = await inject(files, '-f', 'DIR/a.yaml', '-f', 'DIR/b.yaml');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^tidegate inject: 3 faults in the manifests:\nDIR\/a.yaml:2:1: .+\nDIR\/a.yaml:4:1: expected each key once, got kind again\nDIR\/b.yaml:3:12: metadata.name: .+\n$/,
    );
  });

  it('names the place of a field of a wrong type', async () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [cronJob(), cronJob({ tolerations: 'all' })] };
    const { code, stdout, stderr } = await injectText(stringify(list));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'tidegate inject: 1 fault in the manifests:\n' +
        'stdin:34:15: items[1].spec.jobTemplate.spec.template.spec.tolerations: expected an array, got string\n',
    );
  });

  it.each([
    [
      'a file that is not there',
      ['-f', 'DIR/none.yaml'],
      /^tidegate inject: DIR\/none.yaml: cannot be read: ENOENT/,
    ],
    [
      'a folder without manifests',
      ['-f', 'DIR/empty'],
      /^tidegate inject: DIR\/empty: expected .yaml, .yml or .json files in it, got none\n$/,
    ],
  ])('exits 1 for %s', async (_, args, message) => {
    const { code, stderr } = await inject({ 'empty/a.txt': '' }, ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('exits 1 for a policy with faults', async () => {
    const folder = await folderWith({});
    await writeFiles(folder, { 'p.yaml': 'kind: Pod' });
    const { code, stderr } = await command(['inject', '-f', '-', '--policies', folder]);
    expect([code, stderr.split('\n')[0]]).toEqual([1, 'tidegate inject: 1 fault in the policies:']);
  });

  it.each([
    ['no manifests', ['--policies', 'p'], '--filename is required'],
    ['no policies', ['-f', '-'], '--policies is required'],
    [
      'an unknown format',
      ['-f', '-', '--policies', 'p', '-o', 'xml'],
      "--output: expected one of yaml, json, diff, got 'xml'",
    ],
    [
      'no namespace',
      ['-f', '-', '--policies', 'p', '-n', 'A_B'],
      "--namespace: expected the name of a namespace, got 'A_B'",
    ],
    ['an argument too much', ['-f', '-', '--policies', 'p', 'x'], "unexpected argument 'x'"],
  ])('exits 2 for %s', async (_, args, message) => {
    const { code, stderr } = await command(['inject', ...args]);
    expect(code).toBe(2);
    expect(stderr).toBe(`tidegate inject: ${message}\nTry 'tidegate inject --help'.\n`);
  });
});
