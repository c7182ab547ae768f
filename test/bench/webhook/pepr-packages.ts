import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { promisify } from 'node:util';

const folder = new URL('../pepr/', import.meta.url).pathname;

/** Installs what the lock file of the Pepr module pins, unless it is there. */
export async function installPepr(note: (line: string) => void): Promise<void> {
  if (writtenAt(`${folder}node_modules/.package-lock.json`) >= writtenAt(`${folder}package-lock.json`))
    return;
  note('installing Pepr');
  await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: folder });
}

const writtenAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
