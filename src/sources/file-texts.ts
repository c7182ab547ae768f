import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.js';
import type { FileText, LocatedFault } from './policy-set.js';

/**
 * The texts of all files under the given paths, in a stable order, and what could not be read. Never throws.
 * `depth`: 1 reads a folder's own files, each further one those of its folders.
 */
export async function readFileTexts(
  paths: readonly string[],
  depth = maxFolders,
): Promise<{
  readonly files: readonly FileText[];
  readonly faults: readonly LocatedFault[];
}> {
  const reading: Reading = { files: new Map(), faults: [] };
  for (const path of paths) await readPath(reading, path, 'given', depth);
  return { files: [...reading.files.values()], faults: reading.faults };
}

/** Folders within folders; a link that leads back up ends here. */
const maxFolders = 8;

interface Reading {
  /** By real path: a file that is named twice is read once. */
  readonly files: Map<string, FileText>;
  readonly faults: LocatedFault[];
}

async function readPath(
  reading: Reading,
  path: string,
  from: 'given' | 'folder',
  depth: number,
): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) {
      if (depth > 0) await readFolder(reading, path, depth);
    } else if (from === 'given' || /\.(ya?ml|json)$/.test(path)) {
      // A pipe, as of `<(helm template …)`, has none.
      const real = await realpath(path).catch(() => path);
      if (!reading.files.has(real))
        reading.files.set(real, { file: path, text: await readFile(path, 'utf8') });
    }
  } catch (error) {
    reading.faults.push({ file: path, path: '', message: `cannot be read: ${messageOf(error)}` });
  }
}

/** What begins with a dot is left out: `..data` and `..2026_…` of a mounted ConfigMap, editors' own files. */
async function readFolder(reading: Reading, folder: string, depth: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  for (const name of names) await readPath(reading, join(folder, name), 'folder', depth - 1);
}
