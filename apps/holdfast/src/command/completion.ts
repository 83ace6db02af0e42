// `holdfast completion`: the script that teaches a shell the commands and options.

import { HoldfastError } from '@holdfast/kernel';
import type { Call, Command, Surroundings } from '../cli/command.ts';
import { completionScript, SHELLS } from '../cli/completion-script.ts';

export const completion: Command = {
  name: 'completion',
  summary: 'Print the completion script of a shell',
  usage: SHELLS.join('|'),
  arity: [1, 1],
  options: [],
  examples: [
    'source <(holdfast completion bash)',
    'holdfast completion fish > ~/.config/fish/completions/holdfast.fish',
  ],
  notes: ['Exit codes: 0 printed, 2 unknown shell.'],
  run: runCompletion,
};

async function runCompletion(call: Call, { terminal }: Surroundings): Promise<number> {
  const shell = SHELLS.find((one) => one === call.arguments[0]);
  if (shell === undefined) {
    const what = `unknown shell ${JSON.stringify(call.arguments[0])}`;
    throw new HoldfastError('USAGE', what, `Shells: ${SHELLS.join(', ')}.`);
  }
  const { COMMANDS } = await import('./commands.ts');
  terminal.out(completionScript(shell, COMMANDS));
  return 0;
}
