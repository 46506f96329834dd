import { defineCommand } from '../command.ts';
import { UsageError } from '../failure.ts';
import { type WaitOptions, waitOptions } from '../operations.ts';
import { type ProgramOptions, programOptions, repeatableProgramOptions } from '../program.ts';

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
    const application = await import('../application.ts');
    await application.runApplication(operands, options, context);
  },
});
