// A command as data: its options are parsed, its help is written and its misspellings are answered
// from this one description.

import type { Clock } from '@holdfast/kernel';
import type { Terminal } from './terminal.ts';

export interface CommandOption {
  /** Without dashes. */
  name: string;
  /** One letter. */
  short?: string;
  /** What stands for its value in the help; a flag has none. */
  value?: string;
  summary: string;
  default?: string;
  /** May be given several times. */
  multiple?: boolean;
  /** The line of usage tells of it; the list of options need not. */
  inUsage?: boolean;
}

/** What the caller wrote, defaults and HOLDFAST_… variables filled in. */
export interface Call {
  arguments: string[];
  text(name: string): string | undefined;
  texts(name: string): string[];
  flag(name: string): boolean;
  /** Whether it stands in the call itself. */
  given(name: string): boolean;
}

export interface Surroundings {
  clock: Clock;
  environment: NodeJS.ProcessEnv;
  workingDirectory: string;
  terminal: Terminal;
  /** Aborted on SIGINT or SIGTERM. */
  signal: AbortSignal;
}

export interface Command {
  name: string;
  summary: string;
  /** After the command's name, e.g. `[kind] TARGET`. */
  usage: string;
  /** Fewest and most arguments. */
  arity: readonly [number, number];
  options: readonly CommandOption[];
  examples: readonly string[];
  /** Exit codes and where to read more; a few lines. */
  notes: readonly string[];
  /** Resolves to the exit code. */
  run(call: Call, surroundings: Surroundings): Promise<number>;
}
