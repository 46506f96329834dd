import { defineCommand } from '#cli/commander/command.ts';
import { create, existingSession, isAttached, retrieve, wantedOf } from '#cli/flows/session.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';
import { attached } from '#cli/shell/attach.ts';

export const kubernetesSession = defineCommand<WaitOptions>({
  ignoresUnknown: true,
  options: waitOptions,
  examples: {
    'drey kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster': 'start a session and wait until it runs',
    'drey kubernetes-session -Dkubernetes.cluster-id=etl -Dtaskmanager.numberOfTaskSlots=4 -Dkubernetes.container.image.ref=flink:2.2':
      'with Flink options',
    'drey kubernetes-session -Dkubernetes.cluster-id=etl -Ddrey.restore.from-cluster=etl':
      'with the jobs that it was stopped with, from their savepoints',
    "echo 'stop' | drey kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster -Dexecution.attached=true":
      'stop it',
    "echo 'stop' | drey kubernetes-session -Dkubernetes.cluster-id=etl -Dexecution.attached=true -Ddrey.stop.savepoint=required":
      'stop it with a savepoint of each job; it stays where one fails',
  },
  run: async (context, _operands, { wait = true }) => {
    if (context.mode === 'application')
      throw new UsageError('kubernetes-session is for sessions; `drey run-application` starts application clusters.');
    const wanted = await wantedOf(wait, context);
    if (isAttached(wanted)) {
      if (!wait) throw new UsageError('--no-wait and -Dexecution.attached=true contradict each other.');
      await attached(wanted, context);
      return;
    }
    const existing = await existingSession(wanted, context);
    await (existing === undefined ? create(wanted, context) : retrieve(existing, wanted, context));
  },
});
