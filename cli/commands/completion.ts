import { defineCommand } from '#cli/commander/command.ts';
import { UsageError } from '#cli/options/usage-error.ts';

interface Options {
  readonly line?: string;
}

const shells = 'bash, zsh and fish';

export const completion = defineCommand<Options>({
  options: { '--line <text>': 'what a line that begins so may go on as, one a line: for the scripts' },
  examples: {
    'source <(drey completion bash)': 'in ~/.bashrc',
    'source <(drey completion zsh)': 'in ~/.zshrc, behind compinit',
    'drey completion fish > ~/.config/fish/completions/drey.fish': 'once, for fish',
  },
  run: async ({ io, print }, [shell], { line }) => {
    const [{ candidates }, { scripts }, { actions }] = await Promise.all([
      import('#cli/commander/completion.ts'),
      import('#cli/commander/completion-scripts.ts'),
      import('#cli/commander/actions.ts'),
    ]);
    if (line !== undefined) {
      const [, ...words] = line.trimStart().split(/\s+/);
      (await candidates(words, { actions, io }).catch(() => [])).forEach(print); // whoever presses Tab reads no errors
      return;
    }
    const script = shell === undefined ? undefined : scripts[shell];
    if (script === undefined) throw new UsageError(`Say for which shell: there are ${shells}.`);
    print(script.trimEnd());
  },
});
