import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath } from '#cli/flows/clusters.ts';
import { uploadToSession } from '#cli/flows/session/session-job.ts';
import { type JarProgram, parseJarProgram, programOptions } from '#cli/options/program.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { showProgress } from '#cli/output/progress.ts';
import type { ClusterRef } from '#events/names.ts';

import type { Context } from '../context.ts';

interface Options {
  readonly class?: string;
  readonly parallelism?: string;
}

export const info = defineCommand<Options>({
  stopsAtOperand: true,
  options: {
    '-c, --class <class>': programOptions['-c, --class <class>'],
    '-p, --parallelism <n>': programOptions['-p, --parallelism <n>'],
  },
  examples: {
    'drey info -Dkubernetes.cluster-id=my-first-flink-cluster ./TopSpeedWindowing.jar':
      'upload a jar and show its plan, which a session creates',
  },
  run: async (context, operands, options) => {
    if (context.mode === 'application')
      throw new UsageError('A session creates the plan. Use --target kubernetes-session -Dkubernetes.cluster-id=<id>.');
    const { jar, ...program } = parseJarProgram(operands, options, context);
    const { clusterRef, uploaded } = await uploadToSession(jar, context);
    const plan = await createPlan(clusterRef, { jar: uploaded, ...program }, context);
    if (context.json) return context.printJson({ plan });
    context.print('----------------------- Execution Plan -----------------------');
    context.print(JSON.stringify(plan, undefined, 2));
    context.print('--------------------------------------------------------------');
    context.print('');
    context.print('No description provided.');
  },
});

const createPlan = async (clusterRef: ClusterRef, program: JarProgram, context: Context): Promise<unknown> => {
  using progress = showProgress('Plan of the program', context.io.stderr);
  progress.showPhase(`cluster ${clusterRef.clusterId} runs main()`);
  const answer = await context.api.post<{ readonly plan: unknown }>(`${clusterPath(clusterRef)}/job-plans`, program);
  return answer.plan;
};
