import { defineCommand } from '#cli/commander/command.ts';
import { type ProgramOptions, programOptions, repeatableProgramOptions } from '#cli/options/program.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

/** The action of Flink 1.x. Flink 2 has `run --target kubernetes-application` instead. */
export const runApplication = defineCommand<ProgramOptions & WaitOptions>({
  stopsAtOperand: true,
  options: { ...programOptions, '-d, --detached': 'set execution.attached=false', ...waitOptions },
  repeatable: repeatableProgramOptions,
  examples: {
    'drey run-application -Dkubernetes.cluster-id=my-first-application-cluster -Dkubernetes.container.image.ref=my-image local:///opt/flink/usrlib/my-flink-job.jar':
      'run a jar of the image, as `drey run --target kubernetes-application` does',
    'drey run-application -Dkubernetes.container.image.ref=my-python-image -pym jobs.word_count -pyfs local:///opt/flink/usrlib/jobs.zip':
      'run a Python module of the image',
  },
  run: async (context, operands, options) => {
    if (context.mode === 'session')
      throw new UsageError('run-application starts applications only. Use `drey run` for a jar on a session.');
    const application = await import('#cli/flows/application.ts');
    await application.runApplication(application.parseApplication(operands, options, context), options, context);
  },
});
