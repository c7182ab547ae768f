import { readFileSync } from 'node:fs';

/** From package.json, which lies two folders up in the source and in what is built. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const { version: text } = manifest as { version: string };
  return text;
}
