// Completion scripts for the shells, written from the commands' own descriptions: words only, no
// call back into the program while somebody types.

import type { Command, CommandOption } from './command.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const WRITERS: Record<Shell, (commands: readonly Command[]) => string> = { bash, zsh, fish };

export function completionScript(shell: Shell, commands: readonly Command[]): string {
  return WRITERS[shell](commands);
}

function bash(commands: readonly Command[]): string {
  const cases = commands.map(
    ({ name, options }) => `    ${name}) words="${options.map(longName).join(' ')} --help" ;;`,
  );
  return `# holdfast completion for bash: source this file, or put it into your completions folder.
_holdfast() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${names(commands)} --help --version"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _holdfast holdfast
`;
}

function zsh(commands: readonly Command[]): string {
  const described = commands.map(({ name, summary }) => `    '${name}:${quoted(summary)}'`);
  const cases = commands.map(({ name, options }) => {
    const words = options.map(
      (one) =>
        `'${longName(one)}[${quoted(bracketed(one.summary))}]${one.value === undefined ? '' : `:${one.value}:_files`}'`,
    );
    return `    ${name}) _arguments ${words.join(' ')} '*:target:_files' ;;`;
  });
  return `#compdef holdfast
# holdfast completion for zsh: put it into a folder of your fpath as _holdfast.
_holdfast() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
_holdfast "$@"
`;
}

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap(({ name, summary, options }) => [
    `complete -c holdfast -n __fish_use_subcommand -a ${name} -d '${quoted(summary)}'`,
    ...options.map(
      (one) =>
        `complete -c holdfast -n '__fish_seen_subcommand_from ${name}' -l ${one.name}${one.short === undefined ? '' : ` -s ${one.short}`}${one.value === undefined ? '' : ' -r'} -d '${quoted(one.summary)}'`,
    ),
  ]);
  return `# holdfast completion for fish: put it into ~/.config/fish/completions/holdfast.fish
${lines.join('\n')}
`;
}

function names(commands: readonly Command[]): string {
  return commands.map(({ name }) => name).join(' ');
}

function longName({ name }: CommandOption): string {
  return `--${name}`;
}

/** For single quotes of every one of the shells: a typographic one reads the same. */
function quoted(text: string): string {
  return text.replaceAll("'", '’').replaceAll(':', ' –');
}

function bracketed(text: string): string {
  return text.replaceAll('[', '(').replaceAll(']', ')');
}
