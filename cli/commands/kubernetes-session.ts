import { defineCommand } from '#cli/commander/command.ts';
import {
  buildSessionRequest,
  createSession,
  findSession,
  isAttached,
  requestSession,
  retrieveSession,
} from '#cli/flows/session/session.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

export const kubernetesSession = defineCommand<WaitOptions>({
  ignoresUnknown: true,
  options: waitOptions,
  examples: {
    'drey kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster':
      'start a session and wait until it is RUNNING',
    'drey kubernetes-session -Dkubernetes.cluster-id=etl -Dtaskmanager.numberOfTaskSlots=4 -Dkubernetes.container.image.ref=flink:2.2':
      'start a session with Flink options',
    'drey kubernetes-session -Dkubernetes.cluster-id=etl -Ddrey.restore.from-cluster=etl':
      'start a session and restore its jobs from their savepoints',
    "echo 'stop' | drey kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster -Dexecution.attached=true":
      'stop a session',
    "echo 'stop' | drey kubernetes-session -Dkubernetes.cluster-id=etl -Dexecution.attached=true -Ddrey.stop.savepoint=required":
      'stop a session after a savepoint of each job; keep it if one fails',
  },
  run: async (context, _operands, { wait = true }) => {
    if (context.mode === 'application')
      throw new UsageError('kubernetes-session starts sessions only. Use `drey run-application` for applications.');
    const request = await buildSessionRequest(wait, context);
    if (isAttached(request)) {
      if (!wait) throw new UsageError('--no-wait and -Dexecution.attached=true cannot be combined. Use one of them.');
      const { attachSession } = await import('#cli/shell/attach.ts');
      await attachSession(request, context);
      return;
    }
    const existing = await findSession(request, context);
    if (existing !== undefined) await retrieveSession(existing, request, context);
    else await (wait ? createSession : requestSession)(request, context);
  },
});
