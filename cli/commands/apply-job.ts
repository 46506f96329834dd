import { defineCommand } from '#cli/commander/command.ts';
import { parseJobOperand } from '#cli/flows/savepoints.ts';
import { finishJobApply, sendJobApply } from '#cli/flows/session/job-apply.ts';
import { buildJobConfig, uploadForCluster } from '#cli/flows/session/session-job.ts';
import { parseJarProgram, programOptions, repeatableProgramOptions } from '#cli/options/program.ts';
import { type RolloutOptions, snapshotOptions, toRolloutFields, verificationOptions } from '#cli/options/rollout.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

interface Options extends RolloutOptions, WaitOptions {
  readonly class?: string;
  readonly parallelism?: string;
  readonly fromSavepoint?: string;
  readonly classpath?: readonly string[];
}

export const applyJob = defineCommand<Options>({
  operandIs: 'job',
  stopsAtOperand: true,
  options: {
    '-c, --class <class>': programOptions['-c, --class <class>'],
    '-p, --parallelism <n>': programOptions['-p, --parallelism <n>'],
    '-s, --fromSavepoint <path>': 'savepoint to start from, with --state none',
    '--state <source>': 'savepoint (default) or none',
    '--savepoint-directory <uri>': snapshotOptions['--savepoint-directory <uri>'],
    ...verificationOptions,
    ...waitOptions,
  },
  repeatable: { '-C, --classpath <url>': repeatableProgramOptions['-C, --classpath <url>'] },
  examples: {
    'drey apply-job -p 4 8a077da4350254f0f435da5061d32226 ./clicks-1.1.jar --window 5min':
      'run another jar in place of a job of a session, from its state',
    'drey apply-job --stable-within 1min --on-failure keep 8a077da4350254f0f435da5061d32226 ./clicks.jar':
      'keep the new job also when it is not stable after a minute',
  },
  run: async (context, [job, ...operands], { wait = true, ...options }) => {
    const { jobId, clusterRef: findCluster } = await parseJobOperand(job, 'apply a program to it', context);
    const { allowNonRestoredState: _allowNonRestoredState, ...programFlags } = options;
    const { jar, ...program } = parseJarProgram(operands, programFlags, context);
    const config = await buildJobConfig(programFlags, context);
    const { clusterRef, uploaded } = await uploadForCluster(jar, findCluster, context);
    const rollout = toRolloutFields(options);
    const body = { jar: uploaded, ...program, config, ...(Object.keys(rollout).length === 0 ? {} : { rollout }) };
    const applied = await sendJobApply({ clusterRef, jobId, body }, context);
    await finishJobApply(applied, { jobId, wait, printJson: context.printJson }, context);
  },
});
