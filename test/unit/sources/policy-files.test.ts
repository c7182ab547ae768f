import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { AppError } from '../../../src/errors.js';
import { loadPolicyFiles } from '../../../src/sources/policy-files.js';
import { folderWith, mountConfigMap } from '../../support/folder.js';
import { policyDocument } from '../../support/policy.js';

const yaml = (name: string) => stringify(policyDocument(name));

async function namesIn(...paths: string[]): Promise<string[]> {
  const { policies } = await loadPolicyFiles(paths);
  return policies.map(({ metadata }) => metadata.name);
}

async function failure(...paths: string[]): Promise<{ code: string; message: string }> {
  const error: unknown = await loadPolicyFiles(paths).catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw new Error('expected an AppError', { cause: error });
  return { code: error.code, message: error.message };
}

describe('loadPolicyFiles', () => {
  it('reads a file, whatever its name', async () => {
    const folder = await folderWith({ policies: yaml('a') });
    expect(await namesIn(join(folder, 'policies'))).toEqual(['a']);
  });

  it('reads the YAML and JSON of a folder and of the folders in it, and nothing else', async () => {
    const folder = await folderWith({
      'b.yml': yaml('b'),
      'a.yaml': yaml('a'),
      'team/c.json': JSON.stringify(policyDocument('c')),
      'README.md': '# not a policy',
      '.hidden.yaml': 'kind: Secret',
      '.git/d.yaml': 'kind: Secret',
    });
    expect(await namesIn(folder)).toEqual(['a', 'b', 'c']);
  });

  it('reads a mounted ConfigMap once, not its versions', async () => {
    const folder = await folderWith();
    await mountConfigMap(folder, '2026_01', { 'a.yaml': yaml('old') });
    await mountConfigMap(folder, '2026_02', { 'a.yaml': yaml('new') });
    expect(await namesIn(folder)).toEqual(['new']);
  });

  it('reads a file that is named twice once', async () => {
    const folder = await folderWith({ 'a.yaml': yaml('a') });
    expect(await namesIn(folder, join(folder, 'a.yaml'))).toEqual(['a']);
  });

  it('ends in a folder that links to itself', async () => {
    const folder = await folderWith({ 'a.yaml': yaml('a') });
    await symlink(folder, join(folder, 'loop'));
    expect(await namesIn(folder)).toEqual(['a']);
  });

  it.each([
    ['an empty folder', {}],
    [
      'a folder with Namespaces alone',
      { 'n.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n' },
    ],
    ['a folder with an empty file', { 'a.yaml': '# nothing yet\n' }],
  ])('refuses %s', async (_, files) => {
    const folder = await folderWith(files);
    expect(await failure(folder)).toEqual({
      code: 'policy-invalid',
      message: `1 fault in the policies:\n${folder}: expected at least one VirtualNodePolicy, got none`,
    });
  });

  it('refuses a folder that is not there', async () => {
    const folder = join(await folderWith(), 'gone');
    const { code, message } = await failure(folder);
    expect(code).toBe('file-unreadable');
    expect(message).toContain(`${folder}: cannot be read: ENOENT`);
  });

  it('reports a path that is not there together with the faults of the others', async () => {
    const folder = await folderWith({ 'a.yaml': 'kind: Pod\n' });
    const { code, message } = await failure(folder, '/nowhere');
    expect(code).toBe('policy-invalid');
    expect(message).toMatch(/^2 faults/);
  });
});
