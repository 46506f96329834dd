import { defineCommand } from '#cli/commander/command.ts';
import { runOnSession } from '#cli/flows/session/session-job.ts';
import { resolveMode } from '#cli/input/configuration-folder.ts';
import { programOptions, type ProgramOptions, repeatableProgramOptions } from '#cli/options/program.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

export const run = defineCommand<ProgramOptions & WaitOptions>({
  stopsAtOperand: true,
  options: { ...programOptions, ...waitOptions },
  repeatable: repeatableProgramOptions,
  examples: {
    'drey run --target kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster ./TopSpeedWindowing.jar':
      'upload a jar, run it and wait for the result',
    'drey run -d -Dkubernetes.cluster-id=etl -c com.example.Nightly -p 4 ./etl.jar --day 2026-11-23':
      'return at once; the words after the jar are arguments of the program',
    'drey run -d -Dkubernetes.cluster-id=etl -s s3://bucket/savepoints/savepoint-1 -n ./etl.jar':
      'start a job from a savepoint',
    'drey run --target kubernetes-application -Dkubernetes.cluster-id=my-first-application-cluster -Dkubernetes.container.image.ref=my-image local:///opt/flink/usrlib/my-flink-job.jar':
      'start an application from a jar of the image',
    'drey run --target kubernetes-application -Dkubernetes.container.image.ref=my-python-image -py word_count.py --input s3://bucket/words':
      'start an application from a Python file of this machine',
    'drey run --target kubernetes-application -Dexecution.attached=true s3://bucket/etl.jar':
      'start an application and wait for its result',
  },
  run: async (context, operands, options) => {
    if ((await resolveMode(context)) === 'session') return runOnSession(operands, options, context);
    const { parseApplication, runApplication } = await import('#cli/flows/application.ts');
    return runApplication(parseApplication(operands, options, context), options, context);
  },
});
