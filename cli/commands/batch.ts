import { path } from '#cli/api/path.ts';
import type { Accepted } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { fileOperand, readDocument } from '#cli/input/document.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { parseTimeout } from '#cli/options/wait.ts';

interface Options {
  readonly wait?: boolean;
  readonly timeout?: string;
}

export const batch = defineCommand<Options>({
  options: {
    '--wait': 'wait for all rows; exit code 0 if all are FINISHED',
    '--no-wait': 'return when the API has accepted the batch (default)',
    '--timeout <time>': 'with --wait: stop waiting after 90s, 30min or 2h',
  },
  examples: {
    'drey batch days.yaml': 'run the batch in a YAML or JSON file; docs/queue.md has an example',
    'generate | drey batch --wait -': 'run a batch from a pipe and wait for it',
  },
  run: async (context, [file], { wait = false, timeout }) => {
    if (file === undefined) throw new UsageError('Missing the file of the batch. Specify a file, or - for stdin.');
    const timeoutMs = await parseTimeout(timeout);
    const body = await readDocument({ file, option: fileOperand }, context.io.stdin);
    const target = await context.target();
    const { operation } = await context.api.post<Accepted>(path`/v1/targets/${target}/batches`, body);
    if (!context.json) context.print(`Batch ${operation.clusterId} is accepted. Operation: ${operation.operationId}.`);
    else if (!wait) context.printJson({ operation });
    if (!wait) {
      if (context.json) return;
      const { operationCommand } = await import('#cli/flows/operations.ts');
      context.printNotice(`Run \`${operationCommand('wait', operation, context)}\` to wait for it.`);
      return;
    }
    const { waitForVerdicts } = await import('#cli/flows/verdicts.ts');
    await waitForVerdicts({ target, ids: [operation.operationId], timeoutMs }, context);
  },
});
