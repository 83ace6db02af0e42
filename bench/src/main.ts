// `npm run bench -- NAME [PART …] [--json] [--quick] [--strict]`: measures what is claimed. A missed goal is
// news, not an error, unless --strict: only then does it end with exit code 1. Wrong words end with 2,
// a bench that could not measure with 3.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { similarWord } from '@holdfast/resources/similar-word';
import { BENCHES } from './bench.ts';
import { thisMachine } from './machine.ts';
import type { Report } from './report.ts';
import { tableOf } from './table.ts';

const OPTIONS = {
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  strict: { type: 'boolean', default: false },
} as const;

function usage(): string {
  const list = [...BENCHES].flatMap(([name, { summary, parts }]) => [
    `  ${name}  ${summary}`,
    `           parts: ${parts.join(', ')}`,
  ]);
  return [
    'npm run bench -- NAME [PART …] [--json] [--quick] [--strict]',
    ...list,
    '--json    the report as JSON on standard output',
    '--quick   few and short rounds: whether it works, not how fast',
    '--strict  exit code 1 when a goal is missed',
    '',
  ].join('\n');
}

function wrong(message: string): number {
  process.stderr.write(`${message}\n\n${usage()}`);
  return 2;
}

async function run(words: string[]): Promise<number> {
  let call: ReturnType<typeof parseCall>;
  try {
    call = parseCall(words);
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = call;
  const [name, ...parts] = positionals;
  if (name === undefined) return wrong('Name a bench.');
  const entry = BENCHES.get(name);
  if (entry === undefined) {
    const near = similarWord(name, BENCHES.keys());
    return wrong(`There is no bench "${name}".${near ? ` Did you mean "${near}"?` : ''}`);
  }
  const strange = parts.find((part) => !entry.parts.includes(part));
  if (strange !== undefined)
    return wrong(`${name} has no part "${strange}"; it has ${entry.parts.join(', ')}.`);
  const bench = await entry.load();
  const rows = await bench({ quick: values.quick, parts, progress });
  progress('');
  const report: Report = { bench: name, machine: thisMachine(), rows };
  process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : tableOf(report));
  return values.strict && rows.some(({ pass }) => pass === false) ? 1 : 0;
}

function parseCall(words: string[]) {
  return parseArgs({ args: words, options: OPTIONS, allowPositionals: true });
}

/** One line on a terminal, written over and over. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** A bench that could not measure says why; that is neither a missed goal nor a wrong word. */
function broken(error: unknown): number {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  return 3;
}

// As the product's launcher has it: without it each process carries the compiler that strips types.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'holdfast-bench-compiled');
process.exitCode = await run(process.argv.slice(2)).catch(broken);
