// The command line's entry: picks the command, turns what went wrong into one message with a cure,
// and ends with a documented exit code. Commands describe themselves lightly and load their weight only
// when run, so that --help stays quick.

import { ERRORS, HoldfastError, isHoldfastError, systemClock } from '@holdfast/kernel';
import { similarWord } from '@holdfast/resources/similar-word';
import type { Surroundings } from './cli/command.ts';
import { commandHelp, generalHelp } from './cli/help.ts';
import { parseCall } from './cli/parse-call.ts';
import { processTerminal, type Terminal } from './cli/terminal.ts';
import { COMMANDS } from './command/commands.ts';
import { VERSION } from './version.ts';

/** Runs the process's own words; sets the exit code and lets the process end by itself. */
export async function main(): Promise<void> {
  const stop = new AbortController();
  let asked = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    asked += 1;
    if (asked > 1) process.exit(signal === 'SIGINT' ? 130 : 143);
    stop.abort(signal);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  process.exitCode = await runWords(process.argv.slice(2), {
    clock: systemClock,
    environment: process.env,
    workingDirectory: process.cwd(),
    terminal: processTerminal(process.env),
    signal: stop.signal,
  });
  process.removeListener('SIGINT', onSignal).removeListener('SIGTERM', onSignal);
}

/** One call, from words to exit code; never rejects. */
export async function runWords(words: string[], surroundings: Surroundings): Promise<number> {
  try {
    return await dispatch(words, surroundings);
  } catch (error) {
    return explain(error, surroundings.terminal);
  }
}

async function dispatch(words: string[], surroundings: Surroundings): Promise<number> {
  const [name, ...rest] = words;
  const { terminal } = surroundings;
  if (name === '--version' || name === 'version') {
    terminal.out(`holdfast ${VERSION}\n`);
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const about = COMMANDS.find((one) => one.name === rest[0]);
    terminal.out(about === undefined ? generalHelp(COMMANDS, VERSION) : commandHelp(about));
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) throw unknownCommand(name);
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (own.includes('--help') || own.includes('-h')) {
    terminal.out(commandHelp(command));
    return 0;
  }
  return command.run(parseCall(command, rest, surroundings.environment), surroundings);
}

function unknownCommand(name: string): HoldfastError {
  const near = similarWord(
    name,
    COMMANDS.map((one) => one.name),
  );
  const cure = near === undefined ? 'See `holdfast --help`.' : `Did you mean \`holdfast ${near}\`?`;
  return new HoldfastError('USAGE', `unknown command ${JSON.stringify(name)}`, cure);
}

function explain(error: unknown, terminal: Terminal): number {
  if (!isHoldfastError(error)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    terminal.error(
      `holdfast: INTERNAL: ${text}\n  This is a fault of Holdfast: please report it.\n`,
    );
    return ERRORS.INTERNAL.exitCode;
  }
  const cause = error.cause instanceof Error ? `\n  cause: ${error.cause.message}` : '';
  terminal.error(`holdfast: ${error.message} [${error.code}]${cause}\n  ${error.cure}\n`);
  return ERRORS[error.code].exitCode;
}
