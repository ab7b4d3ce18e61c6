import { type Command, Argument } from 'commander';
import type { StartSession } from '../program';

/** `lifeboat completion bash`: words of commands and options, known beforehand, so that a shell need not wait. */
export function completionCommand(program: Command, start: StartSession): void {
  program
    .command('completion')
    .description('completion for a shell: eval "$(lifeboat completion bash)"')
    .addArgument(new Argument('<shell>', 'for which').choices(['bash']))
    .action((_: string, __: object, command: Command) => {
      start(command).around.output(bashCompletion(program));
    });
}

function bashCompletion(program: Command): string {
  const cases = pathsOf(program, [])
    .map(({ path, words }) => `    '${path.join(' ')}') words='${words.join(' ')}' ;;`)
    .join('\n');
  return `# bash completion for lifeboat
_lifeboat() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' words='' word
  case "$previous" in
    -o|--output) COMPREPLY=($(compgen -W 'json table tsv' -- "$current")); return ;;
    --health) COMPREPLY=($(compgen -W 'Normal Warning Critical' -- "$current")); return ;;
    --ca-file|--data) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      -*) ;;
      *) case "\${path:+$path }$word" in
           ${pathsOf(program, [])
             .map(({ path }) => path.join(' '))
             .filter((path) => path !== '')
             .map((path) => `'${path}'`)
             .join('|')}) path="\${path:+$path }$word" ;;
         esac ;;
    esac
  done
  case "$path" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _lifeboat lifeboat
`;
}

interface Place {
  readonly path: readonly string[];
  readonly words: readonly string[];
}

function pathsOf(command: Command, path: readonly string[]): readonly Place[] {
  const globals = path.length === 0 ? [] : ['--output', '--query', '--debug', '--vault', '--resource-group'];
  const options = command.options.flatMap(({ long }) => (long === undefined || long === null ? [] : [long]));
  const words = [...command.commands.map((inner) => inner.name()), ...options, ...globals, '--help'];
  const inner = command.commands.flatMap((one) => pathsOf(one, [...path, one.name()]));
  return [{ path, words: [...new Set(words)] }, ...inner];
}
