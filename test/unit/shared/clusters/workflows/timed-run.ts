import type { WorkflowName } from '#events/commands/define.ts';
import { Fault } from '#events/problems/problem.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { execute } from '#test/fakes/state-machine.ts';
import { getStep } from '#test/fakes/workflows.ts';
import { clusterId, getLastOperation, session, world } from '#test/unit/shared/clusters/fixture.ts';

export const secondsNow = () => world.ports.now().getTime() / 1_000;

/** Runs the state machine of the last operation, while things happen so many seconds after its start. */
export const run = async (workflow: WorkflowName, happenings: readonly (readonly [seconds: number, () => void])[]) => {
  const start = secondsNow();
  const due = [...happenings];
  const passTime = (seconds: number) => {
    world.passTime(seconds);
    while (due[0] !== undefined && secondsNow() - start >= due[0][0]) due.shift()?.[1]();
  };
  const ports: Ports = { ...world.ports, sleep: async (ms) => passTime(ms / 1_000) };
  const counts = { transitions: 0, invocations: 0, heldSeconds: 0, maxHeldSeconds: 0 };
  await execute(workflow, getLastOperation()?.operationId ?? '', {
    enter: () => {
      counts.transitions += 1;
    },
    wait: passTime,
    task: async (step, state) => {
      counts.invocations += 1;
      const began = secondsNow();
      const next = await getStep(workflow, step)(state, ports);
      counts.heldSeconds += secondsNow() - began;
      counts.maxHeldSeconds = Math.max(counts.maxHeldSeconds, secondsNow() - began);
      return next;
    },
  });
  return { ...counts, seconds: secondsNow() - start };
};

/** The JobManager of a cluster whose REST API does not answer yet. */
const silence = () => {
  const { flink } = world.kubernetes.cluster(clusterId);
  const answer = flink.answer.bind(flink);
  flink.answer = async () => {
    throw new Fault('target-unreachable', 'connection refused');
  };
  return () => {
    flink.answer = answer;
  };
};

/** A start whose container runs and whose REST API answers after so many seconds. */
export const startWithin = async (
  { containerSeconds, restSeconds }: Record<'containerSeconds' | 'restSeconds', number>,
  data: Readonly<Record<string, unknown>> = session,
) => {
  world.kubernetes.startsAtOnce = false;
  await sendHttp('deploy', { clusterId, data }, world);
  const answerRest = silence();
  const startContainer = () => {
    const started = world.ports.now().toISOString();
    Object.assign(world.kubernetes.cluster(clusterId), { ready: true, reached: { started } });
  };
  const counts = await run('startup', [
    [containerSeconds, startContainer],
    [restSeconds, answerRest],
  ]);
  return { ...counts, afterRestSeconds: counts.seconds - restSeconds };
};

/** A stop of the cluster, whose objects are gone after so many seconds. */
export const stopWithin = async (seconds: number) => {
  world.kubernetes.lingers = true;
  await sendHttp('stop', { clusterId }, world);
  return run('cleanup', [[seconds, () => world.kubernetes.collect(clusterId)]]);
};
