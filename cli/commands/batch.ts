import { path } from '#cli/api/path.ts';
import type { Accepted } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { documentOf } from '#cli/input/document.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { durationOf } from '#cli/options/wait.ts';

interface Options {
  readonly wait?: boolean;
  readonly timeout?: string;
}

export const batch = defineCommand<Options>({
  options: {
    '--wait': 'return when all are over: exit code 0 when all FINISHED, else 1',
    '--no-wait': 'return as soon as it is accepted; so it is when nothing is said',
    '--timeout <time>': 'with --wait: give up after it, as in 90s, 30min or 2h',
  },
  examples: {
    'drey batch days.yaml': 'name, template and parameters as the file (YAML or JSON) says; docs/queue.md has one',
    'generate | drey batch --wait -': 'from a pipe, and wait for the end',
  },
  run: async (context, [file], { wait = false, timeout }) => {
    if (file === undefined) throw new UsageError('Missing the file of the batch; - is the standard input.');
    const timeoutMs = await durationOf(timeout);
    const body = await documentOf(file, context.io.stdin);
    const target = await context.target();
    const { operation } = await context.api.post<Accepted>(path`/v1/targets/${target}/batches`, body);
    if (!context.json) context.print(`Batch ${operation.clusterId} is accepted as operation ${operation.operationId}.`);
    else if (!wait) context.printJson({ operation });
    if (!wait) {
      if (!context.json) context.note(`\`drey wait ${operation.operationId}\` waits for its end.`);
      return;
    }
    const { awaitVerdicts } = await import('#cli/flows/verdicts.ts');
    await awaitVerdicts({ ids: [operation.operationId], timeoutMs }, context);
  },
});
