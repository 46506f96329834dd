import { defineCommand } from '#cli/commander/command.ts';
import { UsageError } from '#cli/options/usage-error.ts';

interface Options {
  readonly line?: string;
}

const shells = 'bash, zsh and fish';

export const completion = defineCommand<Options>({
  options: { '--line <text>': 'print the completions of a line; the scripts use it' },
  examples: {
    'source <(drey completion bash)': 'enable completion in ~/.bashrc',
    'source <(drey completion zsh)': 'enable completion in ~/.zshrc, after compinit',
    'drey completion fish > ~/.config/fish/completions/drey.fish': 'install the completion of fish',
  },
  run: async ({ io, print }, [shell], { line }) => {
    const [{ completeWords }, { scripts }, { actions }] = await Promise.all([
      import('#cli/commander/completion.ts'),
      import('#cli/commander/completion-scripts.ts'),
      import('#cli/commander/actions.ts'),
    ]);
    if (line !== undefined) {
      const [, ...words] = line.trimStart().split(/\s+/);
      (await completeWords(words, { actions, io }).catch(() => [])).forEach(print); // an error message would garble the line that the user completes
      return;
    }
    const script = shell === undefined ? undefined : scripts[shell];
    if (script === undefined) throw new UsageError(`Specify the shell: ${shells} are supported.`);
    print(script.trimEnd());
  },
});
