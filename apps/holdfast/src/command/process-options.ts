// What the commands that stay (up, server, agent) have in common: how they log, how long they may be
// silent, and that they run until they are told to stop.

import { resolve } from 'node:path';
import { HoldfastError, type Logger, parseDurationMs } from '@holdfast/kernel';
import type { LogLevel } from '@holdfast/telemetry/log';
import type { Call, CommandOption, Surroundings } from '../cli/command.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export const LOG_OPTIONS: readonly CommandOption[] = [
  { name: 'log-level', value: 'LEVEL', summary: LEVELS.join(', '), default: 'info' },
  { name: 'log-format', value: 'FORM', summary: 'json or text (default text at a terminal)' },
];

const LEASE_MS = { min: 1_000, max: 3_600_000 };

export const LEASE_OPTION: CommandOption = {
  name: 'lease',
  value: 'TIME',
  summary: 'silent so long it counts as dead; the same in a whole fleet',
  default: '10s',
};

export const ARCHIVE_OPTION: CommandOption = {
  name: 'archive',
  value: 'DIR',
  summary: 'raw results go there before they are forgotten',
};

/** Of `--archive`, as a server takes it. */
export function archiveOf(call: Call, { workingDirectory }: Surroundings): { archive?: string } {
  const folder = call.text('archive');
  return folder === undefined ? {} : { archive: resolve(workingDirectory, folder) };
}

/** Of `--lease`. Throws HoldfastError USAGE. */
export function leaseMsOf(call: Call): number {
  const text = call.text('lease') ?? '';
  const leaseMs = parseDurationMs(text);
  if (leaseMs !== undefined && leaseMs >= LEASE_MS.min && leaseMs <= LEASE_MS.max) return leaseMs;
  throw new HoldfastError(
    'USAGE',
    `--lease ${JSON.stringify(text)} is no time from 1s to 1h`,
    'Write it like --lease 10s.',
  );
}

/** `format` is what a preset says. Throws HoldfastError USAGE. */
export async function loggerFor(
  call: Call,
  { clock, terminal }: Surroundings,
  format?: 'json' | 'text',
): Promise<Logger> {
  const { createLogger } = await import('@holdfast/telemetry/log');
  const level = LEVELS.find((one) => one === call.text('log-level'));
  if (level === undefined)
    throw new HoldfastError(
      'USAGE',
      `unknown log level ${call.text('log-level')}`,
      `Levels: ${LEVELS.join(', ')}.`,
    );
  const person = process.stderr.isTTY === true;
  const chosen = call.text('log-format') ?? format ?? (person ? 'text' : 'json');
  if (chosen !== 'json' && chosen !== 'text')
    throw new HoldfastError('USAGE', `unknown log format ${chosen}`, 'Formats: json, text.');
  return createLogger({
    clock,
    level,
    format: chosen,
    colour: person && terminal.colour,
    write: terminal.error,
  });
}

export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}
