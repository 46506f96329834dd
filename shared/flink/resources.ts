import type { V1Deployment } from '@kubernetes/client-node';

import type { TaskManagers } from '#events/records/cluster.ts';
import type { PodTemplate } from '#events/kubernetes/pod-template.ts';
import type { Demand } from '#events/records/target.ts';

import { type Config, toText } from './config.ts';
import type { ClusterInput } from './manifests/cluster-input.ts';
import { computePodRequests, type PodRequests } from './manifests/pod-template/pod-requests.ts';
import { mainContainerName, selectTemplate, splitPodTemplate } from './manifests/pod-template/pod-template.ts';
import { computeTaskManagerMemory } from './memory.ts';
import { readOption } from './options.ts';
import { computeParallelism } from './program/parallelism.ts';
import { countConcurrentJobs } from './program/sql-parallelism.ts';

/** The resources that a cluster occupies in its target. */
export interface Resources {
  /** It includes the TaskManagers that the program needs, or that a session keeps without any job. */
  readonly demand: Demand;
  readonly taskManagers: TaskManagers;
}

const mebibyte = 2 ** 20;

/**
 * The resources that a cluster's pods request: the rendered JobManagers, and the TaskManagers that Flink starts for the
 * parallelism of the program. A parallelism that the program sets in main(), or a script at a URI, is not known.
 *
 * @param config What the JobManager reads, dynamic properties included.
 * @throws Fault `refused-option` for a parallelism that is not an integer.
 */
export const computeResources = (
  { mode, podTemplates, job }: Pick<ClusterInput, 'mode' | 'podTemplates' | 'job'>,
  deployment: V1Deployment,
  config: Config,
): Resources => {
  const slots = readOption(config, 'taskmanager.numberOfTaskSlots');
  const sql = job !== undefined && 'sql' in job ? job.sql : undefined;
  const taskManagers = {
    slots,
    ...computeTaskManagerRequests(selectTemplate(podTemplates, 'taskmanager'), config, slots),
    parallelism: computeParallelism(config, { sql, pointer: '/job/sql' }),
  };
  const isApplication = mode === 'application';
  const neededSlots = Math.max(
    isApplication ? taskManagers.parallelism * countConcurrentJobs(sql ?? {}, config) : 0,
    readOption(config, 'slotmanager.number-of-slots.min'),
  );
  const neededCount = Math.max(Math.ceil(neededSlots / slots), countForLeastResources(config, slots));
  // The jobs of a session start its spare TaskManagers, which no job counts.
  const count = neededCount + readOption(config, 'slotmanager.redundant-taskmanager-num');
  const jobManagers = deployment.spec?.replicas ?? 1;
  const { cpu, memoryMebibytes } = toDemand(computePodRequests(deployment.spec?.template.spec ?? {}));
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

/**
 * The TaskManagers that the minimum resources of a cluster need. Flink counts only the memory that slots use.
 *
 * @see Flink 2.2 `SlotManagerConfiguration`, `WorkerResourceSpec.getTotalMemSize`
 */
const countForLeastResources = (config: Config, slots: number): number => {
  const leastCpu = readOption(config, 'slotmanager.min-total-resource.cpu') ?? 0;
  const leastBytes = Number(readOption(config, 'slotmanager.min-total-resource.memory') ?? 0n);
  const { taskHeapBytes, taskOffHeapBytes, networkBytes, managedBytes } = computeTaskManagerMemory(config);
  const slotBytes = Number(taskHeapBytes + taskOffHeapBytes + networkBytes + managedBytes);
  return Math.max(countParts(leastCpu, computeTaskManagerCpu(config, slots)), countParts(leastBytes, slotBytes));
};

const countParts = (total: number, part: number): number => (total > 0 ? limit(Math.ceil(total / part)) : 0);

/** The demand of a job on a session: the TaskManagers that Flink starts for the job when no slots are free. */
export const computeJobDemand = (
  taskManagers: TaskManagers,
  jobParallelism: number = taskManagers.parallelism,
): Demand => ({ clusters: 0, jobs: 1, ...computeSlotDemand(taskManagers, jobParallelism) });

/** What the TaskManagers request that Flink starts for so many slots. */
export const computeSlotDemand = (
  { slots, cpu, memoryMebibytes }: TaskManagers,
  neededSlots: number,
): Pick<Demand, 'cpu' | 'memoryMebibytes'> => {
  const count = Math.ceil(neededSlots / slots);
  return { cpu: roundCpu(count * cpu), memoryMebibytes: limit(count * memoryMebibytes) };
};

/** @see Flink 2.2 `KubernetesTaskManagerParameters.getTaskManagerCPU`, `TaskExecutorProcessUtils.getCpuCoresWithFallback` */
const computeTaskManagerCpu = (config: Config, slots: number): number => {
  const amount = readOption(config, 'kubernetes.taskmanager.cpu.amount');
  return readOption(config, 'taskmanager.cpu.cores') ?? (amount > 0 ? amount : slots);
};

/** The pods that Flink starts: the template, with Flink's own resources in the main container. */
const computeTaskManagerRequests = (template: PodTemplate | undefined, config: Config, slots: number) => {
  const { spec, others } = splitPodTemplate(template);
  const main = {
    name: mainContainerName,
    resources: {
      requests: {
        cpu: String(Math.max(computeTaskManagerCpu(config, slots), readExternalAmount(config, 'cpu'))),
        memory: String(
          Math.max(Number(computeTaskManagerMemory(config).totalBytes), readExternalAmount(config, 'memory')),
        ),
      },
    },
  };
  return toDemand(computePodRequests({ ...spec, containers: [main, ...others] }));
};

/**
 * The amount of an external resource with the name of one of Flink's own resources, which it replaces.
 *
 * @see Flink 2.3 `KubernetesUtils.getResourceRequirements`
 */
const readExternalAmount = (config: Config, resource: 'cpu' | 'memory'): number =>
  Object.entries(config).reduce((largest, [key, value]) => {
    const [, name] = /^external-resource\.(.+)\.kubernetes\.config-key$/s.exec(key) ?? [];
    return name !== undefined && toText(value).trim() === resource
      ? Math.max(largest, Number(toText(config[`external-resource.${name}.amount`] ?? '0')) || 0)
      : largest;
  }, 0);

const toDemand = ({ cpu, memoryBytes }: PodRequests) => ({
  cpu: roundCpu(cpu),
  memoryMebibytes: limit(Math.ceil(memoryBytes / mebibyte)),
});

/** Kubernetes measures CPU in thousandths. */
const roundCpu = (cpu: number) => Math.round(limit(cpu) * 1_000) / 1_000;

/**
 * The sum of the demands of ten thousand commands has to be a number that a record holds exactly. No target has as much,
 * so that every limit still refuses it.
 */
const maxAmount = 10_000_000_000;
const limit = (amount: number): number => Math.min(amount, maxAmount);
