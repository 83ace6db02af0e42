// `holdfast init`: writes a first holdfast.yaml to start from. Never overwrites.

import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HoldfastError } from '@holdfast/kernel';
import type { Call, Command, Surroundings } from '../cli/command.ts';

export const init: Command = {
  name: 'init',
  summary: 'Write a first holdfast.yaml to start from',
  usage: '[--file PATH]',
  arity: [0, 0],
  options: [
    {
      name: 'file',
      short: 'f',
      value: 'PATH',
      summary: 'where to write it',
      default: 'holdfast.yaml',
    },
  ],
  examples: ['holdfast init', 'holdfast init --file deploy/holdfast.yaml'],
  notes: ['Exit codes: 0 written, 1 the file exists or cannot be written.'],
  run: runInit,
};

async function runInit(call: Call, { terminal, workingDirectory }: Surroundings): Promise<number> {
  const file = call.text('file') ?? 'holdfast.yaml';
  const { initialFile } = await import('@holdfast/resources/load');
  try {
    await writeFile(resolve(workingDirectory, file), initialFile(), { flag: 'wx' });
  } catch (error) {
    throw unwritten(file, error);
  }
  terminal.out(
    `wrote ${file}\n\nNext:\n  holdfast validate ${file}\n  holdfast up --file ${file}\n`,
  );
  return 0;
}

function unwritten(file: string, error: unknown): HoldfastError {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
    const cure = 'Choose another name with --file, or edit the one that is there.';
    return new HoldfastError('FILE_EXISTS', `${file} already exists`, cure);
  }
  const cure = 'Check that the folder exists and may be written.';
  return new HoldfastError('CONFIG_NOT_FOUND', `cannot write ${file}`, cure, error);
}
