/** `node test/bench/run.ts [section]…`: measures, prints, and writes docs/benchmarks.md. Exit code 1: it could not measure. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { machine } from './machine.ts';
import { intoPage, toMarkdown } from './report.ts';
import { sections } from './sections.ts';

const page = new URL('../../docs/benchmarks.md', import.meta.url).pathname;
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !sections.some((section) => section.name === name));
if (unknown !== undefined) {
  process.stderr.write(`bench: expected ${sections.map(({ name }) => name).join(', ')}, got ${unknown}\n`);
  process.exit(2);
}

const texts = new Map<string, string>();
for (const section of sections) {
  if (asked.length > 0 && !asked.includes(section.name)) continue;
  const where = machine();
  const note = (line: string) => process.stderr.write(`bench: ${section.name}: ${line}\n`);
  const text = toMarkdown(section, await section.run(note), where);
  texts.set(section.name, text);
  process.stdout.write(`${text}\n\n`);
}
const before = existsSync(page) ? readFileSync(page, 'utf8') : '';
writeFileSync(page, intoPage(before, sections, texts));
