import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath, assertSession } from '#cli/flows/clusters.ts';
import { clusterIdAskedFor } from '#cli/input/configuration-folder.ts';
import { type Program, programOf } from '#cli/options/program.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { showProgress } from '#cli/output/progress.ts';
import type { ClusterRef } from '#events/names.ts';

import { type Context, neededClusterId } from '../context.ts';

interface Options {
  readonly class?: string;
  readonly parallelism?: string;
}

export const info = defineCommand<Options>({
  stopsAtOperand: true,
  options: {
    '-c, --class <class>': 'the class with main(), where the manifest of the jar does not name it',
    '-p, --parallelism <n>': 'the parallelism of the program',
  },
  examples: {
    'drey info -Dkubernetes.cluster-id=my-first-flink-cluster ./TopSpeedWindowing.jar':
      'upload a jar and have a session make its plan',
  },
  run: async (context, operands, options) => {
    if (context.mode === 'application')
      throw new UsageError('A plan is made by a session: --target kubernetes-session -Dkubernetes.cluster-id=<id>.');
    const { jar, ...program } = programOf(operands, options, context);
    const clusterId = neededClusterId({ clusterId: await clusterIdAskedFor(context) });
    const [{ checkJar }, { uploadJar }] = await Promise.all([
      import('#cli/input/jar.ts'),
      import('#cli/input/upload.ts'),
    ]);
    const local = await checkJar(jar);
    const clusterRef = { target: await context.target(), clusterId };
    if (local !== undefined) await assertSession(clusterRef, context);
    const uploaded = local === undefined ? jar : await uploadJar(local, clusterRef.target, context);
    const plan = await planOf(clusterRef, { jar: uploaded, ...program }, context);
    if (context.json) return context.printJson({ plan });
    context.print('----------------------- Execution Plan -----------------------');
    context.print(JSON.stringify(plan, undefined, 2));
    context.print('--------------------------------------------------------------');
    context.print('');
    context.print('No description provided.');
  },
});

const planOf = async (clusterRef: ClusterRef, program: Program, context: Context): Promise<unknown> => {
  using progress = showProgress('Plan of the program', context.io.stderr);
  progress.phase(`${clusterRef.clusterId} runs main()`);
  const answer = await context.api.post<{ readonly plan: unknown }>(`${clusterPath(clusterRef)}/job-plans`, program);
  return answer.plan;
};
