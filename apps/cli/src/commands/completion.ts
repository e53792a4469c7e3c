import { GridError } from '@manytabs/protocol';
import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

/** A command as a shell completes it. */
interface Entry {
  readonly name: string;
  readonly about: string;
  readonly options: readonly { readonly flag: string; readonly about: string }[];
}

const SHELLS: Readonly<Record<string, (entries: readonly Entry[]) => string>> = { bash, zsh, fish };

/** `manytabs completion SHELL`: a script for the shell to read, made from the commands themselves. */
export async function completion(terminal: Terminal, shell: string, program: Command) {
  const write = SHELLS[shell];
  if (!write) {
    throw new GridError('usage', `${shell}: the shells are ${Object.keys(SHELLS).join(', ')}.`);
  }
  terminal.out(write(entriesOf(program)));
  return EXIT.done;
}

function entriesOf(program: Command): Entry[] {
  return program.commands.map((command) => ({
    name: command.name(),
    about: quoted(command.description()),
    options: command.options.map(({ long, short, description }) => {
      return { flag: long ?? short ?? '', about: quoted(description) };
    }),
  }));
}

function quoted(text: string): string {
  return text.replace(/['":[\]`$\\]/g, ' ');
}

function bash(entries: readonly Entry[]): string {
  const cases = entries.map(({ name, options }) => {
    return `    ${name}) words="${flags(options)}" ;;`;
  });
  return `# source <(manytabs completion bash)
_manytabs() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${entries.map(({ name }) => name).join(' ')} help" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$words --help" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _manytabs manytabs`;
}

function zsh(entries: readonly Entry[]): string {
  const commands = entries.map(({ name, about }) => `    '${name}:${about}'`);
  const cases = entries.map(({ name, options }) => {
    const lines = options.map(({ flag, about }) => `'${flag}[${about}]'`);
    return `    ${name}) _arguments ${[...lines, "'*:file:_files'"].join(' ')} ;;`;
  });
  return `#compdef manytabs
# source <(manytabs completion zsh)
_manytabs() {
  local -a commands
  commands=(
${commands.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
compdef _manytabs manytabs`;
}

function fish(entries: readonly Entry[]): string {
  const lines = entries.flatMap(({ name, about, options }) => [
    `complete -c manytabs -f -n __fish_use_subcommand -a ${name} -d '${about}'`,
    ...options.map(({ flag, about: what }) => {
      const switchOf = flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
      return `complete -c manytabs -n '__fish_seen_subcommand_from ${name}' ${switchOf} -d '${what}'`;
    }),
  ]);
  return ['# manytabs completion fish | source', ...lines].join('\n');
}

function flags(options: Entry['options']): string {
  return options.map(({ flag }) => flag).join(' ');
}
