import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { main } from '../../../src/cli.js';
import { folderWith } from '../../support/folder.js';
import { policyDocument } from '../../support/policy.js';

async function policy(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(['policy', ...args], {
    stdout: (text) => out.push(text),
    stderr: (text) => err.push(text),
  });
  return { code, stdout: out.join(''), stderr: err.join('') };
}
const yaml = (name: string, spec: Record<string, unknown> = {}) => stringify(policyDocument(name, spec));
const logs = { destinations: [{ sls: { project: 'p', logstore: 'l' } }] };
const providers = (...names: string[]) => ({
  placement: { type: 'VirtualOnly', providers: names.map((name) => ({ name })) },
});

describe('tidegate policy lint', () => {
  it('counts what it read', async () => {
    const folder = await folderWith({
      'a.yaml': `${yaml('a')}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n`,
    });
    expect(await policy('lint', folder)).toEqual({
      code: 0,
      stdout: '1 policy, 1 Namespace, 0 warnings, no fault\n',
      stderr: '',
    });
  });

  it('prints warnings with file, line and column, and exits 0', async () => {
    const folder = await folderWith({
      'a.yaml': yaml('a', { startup: { imageCache: true }, ...providers('kwok', 'aws-fargate') }),
    });
    const { code, stdout } = await policy('lint', folder);
    expect(code).toBe(0);
    expect(stdout.replaceAll(folder, 'DIR')).toBe(
      [
        "DIR/a.yaml:8:5: warning: spec.placement.providers: provider aws-fargate: the provider's way of steering cannot be mixed with the one before it",
        'DIR/a.yaml:12:5: warning: spec.startup.imageCache: imageCache of kwok: the provider has no image cache that a pod can ask for',
        '1 policy, 0 Namespaces, 2 warnings, no fault',
        '',
      ].join('\n'),
    );
  });

  it('prints every fault of every file, and exits 1', async () => {
    const folder = await folderWith({ 'a.yaml': yaml('a', { mode: 'Try' }), 'b.yaml': 'kind: Pod' });
    const { code, stdout, stderr } = await policy('lint', folder);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.replaceAll(folder, 'DIR')).toBe(
      [
        'tidegate policy: 2 faults in the policies:',
        'DIR/a.yaml:10:3: spec.mode: expected one of Enforce, Observe, got "Try"',
        'DIR/b.yaml:1:1: kind: expected a document of kind VirtualNodePolicy or Namespace, got "Pod"',
        '',
      ].join('\n'),
    );
  });

  it('finds no fault in the examples', async () => {
    expect(await policy('lint', 'examples/policies')).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('tidegate policy crd', () => {
  it('prints the CRD as one YAML document without aliases', async () => {
    const { code, stdout } = await policy('crd');
    expect(code).toBe(0);
    expect(parse(stdout)).toMatchObject({ kind: 'CustomResourceDefinition', spec: { scope: 'Cluster' } });
    expect(stdout).not.toMatch(/[&*]a\d/);
  });
});

describe('tidegate policy log-config', () => {
  it('prints the log resource of each policy that needs one', async () => {
    const folder = await folderWith({
      'a.yaml': yaml('a', { logs, ...providers('alibaba-eci', 'tencent-supernode') }),
      'b.yaml': yaml('b', { logs, ...providers('alibaba-eci') }),
      'c.yaml': yaml('c', providers('alibaba-eci')),
    });
    const { code, stdout } = await policy('log-config', folder);
    expect(code).toBe(0);
    const resources = parseAllDocuments(stdout).map(
      (document) => document.toJS() as { kind: string; metadata: object },
    );
    expect(resources.map(({ kind, metadata }) => ({ kind, metadata }))).toEqual([
      { kind: 'AliyunLogConfig', metadata: { name: 'tidegate-a' } },
      { kind: 'AliyunLogConfig', metadata: { name: 'tidegate-b' } },
    ]);
  });

  it('says so where none is needed', async () => {
    const folder = await folderWith({ 'a.yaml': yaml('a') });
    expect(await policy('log-config', folder)).toEqual({
      code: 0,
      stdout: '',
      stderr: 'no policy needs a log resource\n',
    });
  });
});

describe('tidegate policy', () => {
  it.each([
    [[], 'expected one of lint, crd, log-config, got nothing'],
    [['delete'], "expected one of lint, crd, log-config, got 'delete'"],
    [['lint'], 'expected at least one file or folder'],
    [['log-config'], 'expected at least one file or folder'],
    [['crd', 'x'], "unexpected argument 'x'"],
    [['lint', '--fix', '.'], "Unknown option '--fix'"],
  ])('does not understand %j', async (args, message) => {
    const { code, stderr } = await policy(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
