// From the words of the command line to a Call. What is wrong with them is a value that says what
// was meant, probably. Flags win over HOLDFAST_… variables, these over defaults.

import { parseArgs } from 'node:util';
import { HoldfastError } from '@holdfast/kernel';
import { similarWord } from '@holdfast/resources/similar-word';
import type { Call, Command, CommandOption } from './command.ts';

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

/** Throws HoldfastError USAGE. */
export function parseCall(command: Command, words: string[], environment: NodeJS.ProcessEnv): Call {
  const { values, positionals } = parseWords(command, words);
  checkArity(command, positionals);
  const option = (name: string) => command.options.find((one) => one.name === name);
  const texts = (name: string): string[] => {
    const given = values[name];
    if (given !== undefined) return [given].flat().map(String);
    const variable = environment[variableOf(name)];
    if (variable !== undefined && variable !== '') return [variable];
    const standard = option(name)?.default;
    return standard === undefined ? [] : [standard];
  };
  return {
    arguments: positionals,
    texts,
    text: (name) => texts(name).at(-1),
    flag: (name) => values[name] === true || isYes(environment[variableOf(name)]),
    given: (name) => values[name] !== undefined,
  };
}

function variableOf(option: string): string {
  return `HOLDFAST_${option.toUpperCase().replaceAll('-', '_')}`;
}

function isYes(text: string | undefined): boolean {
  return text === '1' || text === 'true' || text === 'yes';
}

function parseWords(command: Command, words: string[]): { values: Values; positionals: string[] } {
  refuseUnknown(command, words);
  try {
    return parseArgs({
      args: words,
      options: Object.fromEntries(command.options.map((one) => [one.name, shapeOf(one)])),
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    const what =
      error instanceof Error ? (error.message.split(/\. |\.?\n/)[0] ?? '') : String(error);
    throw new HoldfastError('USAGE', what, `See \`holdfast ${command.name} --help\`.`);
  }
}

function shapeOf(option: CommandOption) {
  return {
    type: option.value === undefined ? ('boolean' as const) : ('string' as const),
    multiple: option.multiple === true,
    ...(option.short === undefined ? {} : { short: option.short }),
  };
}

function refuseUnknown(command: Command, words: string[]): void {
  const end = words.indexOf('--');
  for (const word of end === -1 ? words : words.slice(0, end)) {
    if (!word.startsWith('--')) continue;
    const name = word.slice(2).split('=')[0] ?? '';
    if (command.options.some((one) => one.name === name)) continue;
    const near = similarWord(
      name,
      command.options.map((one) => one.name),
    );
    const cure =
      near === undefined ? `See \`holdfast ${command.name} --help\`.` : `Did you mean --${near}?`;
    throw new HoldfastError('USAGE', `unknown option --${name}`, cure);
  }
}

function checkArity(command: Command, positionals: string[]): void {
  const [fewest, most] = command.arity;
  if (positionals.length >= fewest && positionals.length <= most) return;
  const what =
    positionals.length < fewest
      ? 'an argument is missing'
      : `too many arguments: ${positionals.slice(most).join(' ')}`;
  throw new HoldfastError('USAGE', what, `Usage: holdfast ${command.name} ${command.usage}`);
}
