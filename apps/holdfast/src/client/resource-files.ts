// The resources that files mean: a file, all files of a folder, or standard input. They are a part of
// what the server holds, so what they name may stand there; the whole is proven by the server.

import { resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { HoldfastError } from '@holdfast/kernel';
import type { Problem, Resource } from '@holdfast/resources/load';
import type { Call, CommandOption, Surroundings } from '../cli/command.ts';
import type { Source } from '../configuration-file.ts';

export const FILE_OPTION: CommandOption = {
  name: 'file',
  short: 'f',
  value: 'FILE|DIR|-',
  summary: 'what to apply: a file, all files below a folder, or -',
};

/** `sources`: everything that they are made of. `fault`: CONFIG_INVALID, with every fault. */
export type WrittenFiles = { sources: Source[] } & (
  | { ok: true; resources: Resource[] }
  | { ok: false; fault: HoldfastError }
);

const PROBLEMS_SHOWN_MAX = 20;
const STANDARD_INPUT = 'standard input';

/** Of `-f`. Throws HoldfastError USAGE, CONFIG_NOT_FOUND or CONFIG_INVALID. */
export async function readWritten(
  call: Call,
  surroundings: Pick<Surroundings, 'workingDirectory'>,
): Promise<Resource[]> {
  const written = await tryReadWritten(call, surroundings);
  if (!written.ok) throw written.fault;
  return written.resources;
}

/** Throws HoldfastError USAGE or CONFIG_NOT_FOUND. */
export async function tryReadWritten(
  call: Call,
  { workingDirectory }: Pick<Surroundings, 'workingDirectory'>,
): Promise<WrittenFiles> {
  const named = call.text('file');
  if (named === undefined) {
    const cure = 'Name a file, a folder, or - for standard input.';
    throw new HoldfastError('USAGE', '-f is missing', cure);
  }
  if (named === '-') return writtenOf(await fromStandardInput());
  const { readConfiguration } = await import('../configuration-file.ts');
  return writtenOf(readConfiguration(resolve(workingDirectory, named), named, undefined, true));
}

type ReadFiles = Awaited<ReturnType<typeof fromStandardInput>>;

async function fromStandardInput() {
  const { loadConfiguration } = await import('@holdfast/resources/load');
  const text = await textOf(process.stdin);
  const loaded = loadConfiguration({ file: STANDARD_INPUT, text, part: true });
  return { ...loaded, sources: [] as Source[] };
}

async function writtenOf(loaded: ReadFiles): Promise<WrittenFiles> {
  const { sources } = loaded;
  if (!loaded.ok) return { ok: false, fault: await faultsOf(loaded.problems), sources };
  const { written, plugins } = loaded.configuration;
  if (plugins.length === 0) return { ok: true, resources: written, sources };
  const fault = new HoldfastError(
    'CONFIG_INVALID',
    `plugins cannot be applied: ${plugins.join(', ')}`,
    'Name them in the file of `holdfast up`; an agent loads what stands on its own machine alone.',
  );
  return { ok: false, fault, sources };
}

async function faultsOf(problems: readonly Problem[]): Promise<HoldfastError> {
  const { formatProblem } = await import('@holdfast/resources/load');
  const lines = problems.slice(0, PROBLEMS_SHOWN_MAX).map(formatProblem);
  const more = problems.length - lines.length;
  const text = [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
  return new HoldfastError('CONFIG_INVALID', text, 'Mend them; nothing was changed.');
}
