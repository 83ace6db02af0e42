// Help texts from the commands' own descriptions; each fits a screen of 80 × 24.

import type { Command, CommandOption } from './command.ts';

const GAP = 2;

export function commandHelp(command: Command): string {
  const listed = command.options.filter(({ inUsage }) => inUsage !== true);
  const parts = [
    `${command.summary}`,
    '',
    `Usage: holdfast ${command.name} ${command.usage}`.trimEnd(),
    '',
    'Options:',
    ...table(listed.map((one) => [optionWords(one), optionSummary(one)])),
    '',
    'Examples:',
    ...command.examples.map((line) => `  ${line}`),
  ];
  if (command.notes.length > 0) parts.push('', ...command.notes);
  return `${parts.join('\n')}\n`;
}

export function generalHelp(commands: readonly Command[], version: string): string {
  const parts = [
    `holdfast ${version} — keeps services up: probes them, keeps the results, tells you first.`,
    '',
    'Usage: holdfast COMMAND [options]',
    '',
    'Commands:',
    ...table(commands.map((one) => [one.name, one.summary])),
    '',
    'Examples:',
    '  holdfast up                                    server, agent and console; a demo without a file',
    '  holdfast probe http://127.0.0.1:7070/healthz   one probe, its phases and its verdict',
    '  holdfast init && holdfast validate             your own holdfast.yaml, checked',
    '',
    'Each command has --help. Every option is also a variable: --data is HOLDFAST_DATA.',
  ];
  return `${parts.join('\n')}\n`;
}

function optionWords(option: CommandOption): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return `${short}--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
}

function optionSummary(option: CommandOption): string {
  return option.default === undefined
    ? option.summary
    : `${option.summary} (default ${option.default})`;
}

function table(rows: string[][]): string[] {
  const width = Math.max(...rows.map(([left = '']) => left.length)) + GAP;
  return rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}${right}`);
}
