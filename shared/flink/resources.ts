import type { V1Deployment } from '@kubernetes/client-node';

import type { TaskManagers } from '#events/records/cluster.ts';
import { parseQuantity } from '#events/kubernetes/quantity.ts';
import type { Demand } from '#events/records/target.ts';

import type { Config } from './config.ts';
import { computeTaskManagerMemory } from './memory.ts';
import { readOption } from './options.ts';

/** The resources that a cluster occupies in its target. */
export interface Resources {
  /** It includes the TaskManagers that the program needs, or that a session keeps without any job. */
  readonly demand: Demand;
  readonly taskManagers: TaskManagers;
}

const mebibyte = 2 ** 20;

/**
 * The resources that a cluster's pods request: the rendered JobManagers, and the TaskManagers that Flink starts for the
 * parallelism of the program. A parallelism that the program sets in main() is not known.
 */
export const computeResources = (
  mode: 'session' | 'application',
  deployment: V1Deployment,
  config: Config,
): Resources => {
  const slots = readOption(config, 'taskmanager.numberOfTaskSlots');
  const taskManagers = {
    slots,
    cpu: computeTaskManagerCpu(config, slots),
    memoryMebibytes: Number(computeTaskManagerMemory(config).totalBytes >> 20n),
    parallelism: Math.max(1, readOption(config, 'parallelism.default')),
  };
  const isApplication = mode === 'application';
  const neededSlots = Math.max(
    isApplication ? taskManagers.parallelism : 0,
    readOption(config, 'slotmanager.number-of-slots.min'),
  );
  const count =
    Math.ceil(neededSlots / slots) +
    (neededSlots > 0 ? readOption(config, 'slotmanager.redundant-taskmanager-num') : 0);
  const jobManagers = deployment.spec?.replicas ?? 1;
  const { cpu, memoryMebibytes } = sumPodRequests(deployment);
  return {
    demand: {
      clusters: 1,
      jobs: isApplication ? 1 : 0,
      cpu: roundCpu(jobManagers * cpu + count * taskManagers.cpu),
      memoryMebibytes: limit(jobManagers * memoryMebibytes + count * taskManagers.memoryMebibytes),
    },
    taskManagers,
  };
};

/** The demand of a job on a session: the TaskManagers that Flink starts for the job when no slots are free. */
export const computeJobDemand = (
  { slots, cpu, memoryMebibytes, parallelism }: TaskManagers,
  jobParallelism: number = parallelism,
): Demand => {
  const count = Math.ceil(jobParallelism / slots);
  return { clusters: 0, jobs: 1, cpu: roundCpu(count * cpu), memoryMebibytes: limit(count * memoryMebibytes) };
};

/** @see Flink 2.2 `KubernetesTaskManagerParameters.getTaskManagerCPU`, `TaskExecutorProcessUtils.getCpuCoresWithFallback` */
const computeTaskManagerCpu = (config: Config, slots: number): number => {
  const amount = readOption(config, 'kubernetes.taskmanager.cpu.amount');
  return readOption(config, 'taskmanager.cpu.cores') ?? (amount > 0 ? amount : slots);
};

const sumPodRequests = ({ spec }: V1Deployment) => {
  const requests = (spec?.template.spec?.containers ?? []).map(({ resources }) => resources?.requests ?? {});
  const sum = (name: string) =>
    requests.reduce((total, { [name]: amount }) => total + (parseQuantity(amount ?? '0') ?? 0), 0);
  return { cpu: sum('cpu'), memoryMebibytes: Math.ceil(sum('memory') / mebibyte) };
};

/** Kubernetes measures CPU in thousandths. */
const roundCpu = (cpu: number) => Math.round(limit(cpu) * 1_000) / 1_000;

/** A record holds no larger number exactly. No target has as much, so that every limit still refuses it. */
const limit = (amount: number): number => Math.min(amount, Number.MAX_SAFE_INTEGER);
