import { defineCommand } from '#cli/commander/command.ts';
import { type ProgramOptions, programOptions, repeatableProgramOptions } from '#cli/options/program.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

/** The action of Flink 1.x; later Flinks say `run --target kubernetes-application`. */
export const runApplication = defineCommand<ProgramOptions & WaitOptions>({
  stopsAtOperand: true,
  options: { ...programOptions, '-d, --detached': 'sets execution.attached=false', ...waitOptions },
  repeatable: repeatableProgramOptions,
  examples: {
    'drey run-application -Dkubernetes.cluster-id=my-first-application-cluster -Dkubernetes.container.image.ref=my-image local:///opt/flink/usrlib/my-flink-job.jar':
      'a jar in the image; the same as `drey run --target kubernetes-application …`',
  },
  run: async (context, operands, options) => {
    if (context.mode === 'session')
      throw new UsageError('run-application starts application clusters; `drey run` runs a jar on a session.');
    const application = await import('#cli/flows/application.ts');
    await application.runApplication(operands, options, context);
  },
});
