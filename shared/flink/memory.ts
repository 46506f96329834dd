import type { Config } from './config.ts';
import { createRefusal, describeSum, formatMebibytes, withLeastSize } from './memory-refusals.ts';
import { type OptionKey, readOption } from './options.ts';

/** The memory of a process in bytes, exactly as Flink computes it. */
export interface ProcessMemory {
  readonly totalBytes: bigint;
  /** The total without metaspace and overhead. */
  readonly flinkBytes: bigint;
  readonly metaspaceBytes: bigint;
  readonly overheadBytes: bigint;
}

export interface JobManagerMemory extends ProcessMemory {
  readonly heapBytes: bigint;
  readonly offHeapBytes: bigint;
}

export interface TaskManagerMemory extends ProcessMemory {
  readonly frameworkHeapBytes: bigint;
  readonly frameworkOffHeapBytes: bigint;
  readonly taskHeapBytes: bigint;
  readonly taskOffHeapBytes: bigint;
  readonly managedBytes: bigint;
  readonly networkBytes: bigint;
}

/** A component that is a fraction of a larger size, between two bounds. @see Flink 2.2 `RangeFraction` */
interface RangeFraction {
  readonly name: string;
  readonly minBytes: bigint;
  readonly maxBytes: bigint;
  readonly fraction: number;
}

type Process = 'jobmanager' | 'taskmanager';

/**
 * The JobManager's memory. It follows from the heap size if one is set, otherwise from the size of Flink's memory, otherwise
 * from the size of the process.
 *
 * @param config Options under their current keys.
 * @throws Fault `refused-option` when the sizes contradict each other.
 * @see Flink 2.2 `JobManagerProcessUtils`, `JobManagerFlinkMemoryUtils`
 */
export const computeJobManagerMemory = (config: Config): JobManagerMemory =>
  withLeastSize(config, divideJobManagerMemory);

const divideJobManagerMemory = (config: Config): JobManagerMemory => {
  const heap = readOption(config, 'jobmanager.memory.heap.size');
  const flink = readOption(config, 'jobmanager.memory.flink.size');
  if (heap !== undefined) return computeFromHeap(config, heap, flink);
  const process =
    flink === undefined
      ? divideProcessMemory(config, 'jobmanager', 'jobmanager.memory.heap.size')
      : addJvmMemory(config, 'jobmanager', flink);
  const offHeap = readOption(config, 'jobmanager.memory.off-heap.size');
  if (process.flinkBytes <= offHeap)
    throw createRefusal(
      flink === undefined ? 'jobmanager.memory.process.size' : 'jobmanager.memory.flink.size',
      `leaves ${formatMebibytes(process.flinkBytes)} for Flink's memory, which must exceed the off-heap memory of ${formatMebibytes(offHeap)}`,
      'too small',
    );
  return { ...process, heapBytes: process.flinkBytes - offHeap, offHeapBytes: offHeap };
};

const computeFromHeap = (config: Config, heap: bigint, flink: bigint | undefined): JobManagerMemory => {
  const isOffHeapSet = Object.hasOwn(config, 'jobmanager.memory.off-heap.size');
  const offHeap =
    flink === undefined || isOffHeapSet ? readOption(config, 'jobmanager.memory.off-heap.size') : flink - heap;
  if (offHeap < 0n || (flink !== undefined && heap + offHeap !== flink))
    throw createRefusal(
      'jobmanager.memory.flink.size',
      `must be the sum of the heap memory (${formatMebibytes(heap)}) and the off-heap memory`,
    );
  return { ...addJvmMemory(config, 'jobmanager', heap + offHeap), heapBytes: heap, offHeapBytes: offHeap };
};

type FixedMemory = Pick<TaskManagerMemory, 'frameworkHeapBytes' | 'frameworkOffHeapBytes' | 'taskOffHeapBytes'>;

/**
 * A TaskManager's memory. It follows from the task heap and the managed memory if both are set, otherwise from the size of
 * Flink's memory, otherwise from the size of the process. The JobManager computes it again when it creates the pod.
 *
 * @param config Options under their current keys.
 * @throws Fault `refused-option` when the sizes contradict each other.
 * @see Flink 2.2 `TaskExecutorProcessUtils`, `TaskExecutorFlinkMemoryUtils`
 */
export const computeTaskManagerMemory = (config: Config): TaskManagerMemory =>
  withLeastSize(config, divideTaskManagerMemory);

const divideTaskManagerMemory = (config: Config): TaskManagerMemory => {
  const fixed = {
    frameworkHeapBytes: readOption(config, 'taskmanager.memory.framework.heap.size'),
    frameworkOffHeapBytes: readOption(config, 'taskmanager.memory.framework.off-heap.size'),
    taskOffHeapBytes: readOption(config, 'taskmanager.memory.task.off-heap.size'),
  };
  const taskHeap = readOption(config, 'taskmanager.memory.task.heap.size');
  const managed = readOption(config, 'taskmanager.memory.managed.size');
  return taskHeap !== undefined && managed !== undefined
    ? computeFromComponents(config, fixed, { taskHeap, managed })
    : divideFlinkMemory(config, fixed, { taskHeap, managed });
};

const sum = ({ frameworkHeapBytes, frameworkOffHeapBytes, taskOffHeapBytes }: FixedMemory): bigint =>
  frameworkHeapBytes + frameworkOffHeapBytes + taskOffHeapBytes;

const computeFromComponents = (
  config: Config,
  fixed: FixedMemory,
  { taskHeap, managed }: { readonly taskHeap: bigint; readonly managed: bigint },
): TaskManagerMemory => {
  const others = sum(fixed) + taskHeap + managed;
  const network = computeNetwork(config, others, readOption(config, 'taskmanager.memory.flink.size'));
  const process = addJvmMemory(config, 'taskmanager', others + network);
  return { ...process, ...fixed, taskHeapBytes: taskHeap, managedBytes: managed, networkBytes: network };
};

const divideFlinkMemory = (
  config: Config,
  fixed: FixedMemory,
  { taskHeap, managed }: { readonly taskHeap: bigint | undefined; readonly managed: bigint | undefined },
): TaskManagerMemory => {
  const flink = readOption(config, 'taskmanager.memory.flink.size');
  const process =
    flink === undefined
      ? divideProcessMemory(
          config,
          'taskmanager',
          'taskmanager.memory.task.heap.size and taskmanager.memory.managed.size',
        )
      : addJvmMemory(config, 'taskmanager', flink);
  const networkBytes = applyFraction(readNetworkFraction(config), process.flinkBytes);
  const rest = process.flinkBytes - sum(fixed) - networkBytes;
  const managedBytes =
    managed ??
    (taskHeap === undefined
      ? multiply(process.flinkBytes, readOption(config, 'taskmanager.memory.managed.fraction'))
      : rest - taskHeap);
  const taskHeapBytes = taskHeap ?? rest - managedBytes;
  if (managedBytes < 0n || taskHeapBytes < 0n)
    throw createRefusal(
      flink === undefined ? 'taskmanager.memory.process.size' : 'taskmanager.memory.flink.size',
      `leaves ${formatMebibytes(process.flinkBytes)} for Flink's memory, which is less than ${describeSum({
        'framework heap': fixed.frameworkHeapBytes,
        'framework off-heap': fixed.frameworkOffHeapBytes,
        'task heap': taskHeap ?? 0n,
        'task off-heap': fixed.taskOffHeapBytes,
        network: networkBytes,
        managed: managedBytes < 0n ? 0n : managedBytes,
      })}`,
      'too small',
    );
  return { ...process, ...fixed, taskHeapBytes, managedBytes, networkBytes };
};

/** The network memory beside the other components, or what Flink's memory leaves for it. */
const computeNetwork = (config: Config, others: bigint, flink: bigint | undefined): bigint => {
  const range = readNetworkFraction(config);
  if (flink === undefined) return applyFraction(range, others, { inverse: true });
  const network = flink - others;
  if (network < range.minBytes || network > range.maxBytes)
    throw createRefusal(
      'taskmanager.memory.flink.size',
      `leaves ${formatMebibytes(network)} for the network memory, ${describeBounds(range)}`,
    );
  return network;
};

const readNetworkFraction = (config: Config): RangeFraction =>
  assertBounds('taskmanager.memory.network.min', {
    name: 'network memory',
    minBytes: readOption(config, 'taskmanager.memory.network.min'),
    maxBytes: readOption(config, 'taskmanager.memory.network.max'),
    fraction: readOption(config, 'taskmanager.memory.network.fraction'),
  });

const readOverheadFraction = (config: Config, process: Process): RangeFraction =>
  assertBounds(`${process}.memory.jvm-overhead.min`, {
    name: 'JVM overhead',
    minBytes: readOption(config, `${process}.memory.jvm-overhead.min`),
    maxBytes: readOption(config, `${process}.memory.jvm-overhead.max`),
    fraction: readOption(config, `${process}.memory.jvm-overhead.fraction`),
  });

const assertBounds = (key: OptionKey, range: RangeFraction): RangeFraction => {
  if (range.minBytes > range.maxBytes)
    throw createRefusal(
      key,
      `the minimum ${range.name} (${formatMebibytes(range.minBytes)}) exceeds the maximum (${formatMebibytes(range.maxBytes)})`,
    );
  return range;
};

/**
 * Divides the memory of the process.
 *
 * @param alternative The options that make the size of the process unnecessary, for the message of the fault.
 * @see Flink 2.2 `ProcessMemoryUtils.deriveProcessSpecWithTotalProcessMemory`
 */
const divideProcessMemory = (config: Config, process: Process, alternative: string): ProcessMemory => {
  const key = `${process}.memory.process.size` as const;
  const total = readOption(config, key);
  if (total === undefined)
    throw createRefusal(key, `no memory size is set; set ${alternative}, or ${process}.memory.flink.size, or ${key}`);
  const metaspace = readOption(config, `${process}.memory.jvm-metaspace.size`);
  const overhead = applyFraction(readOverheadFraction(config, process), total);
  if (metaspace + overhead > total)
    throw createRefusal(
      key,
      `is ${formatMebibytes(total)}, which is less than ${describeSum({ 'JVM metaspace': metaspace, 'JVM overhead': overhead })}`,
      'too small',
    );
  return {
    totalBytes: total,
    flinkBytes: total - metaspace - overhead,
    metaspaceBytes: metaspace,
    overheadBytes: overhead,
  };
};

/**
 * Adds the memory of the JVM to Flink's memory.
 *
 * @see Flink 2.2 `ProcessMemoryUtils.deriveJvmMetaspaceAndOverheadFromTotalFlinkMemory`
 */
const addJvmMemory = (config: Config, process: Process, flink: bigint): ProcessMemory => {
  const key = `${process}.memory.process.size` as const;
  const total = readOption(config, key);
  const metaspace = readOption(config, `${process}.memory.jvm-metaspace.size`);
  const range = readOverheadFraction(config, process);
  const overhead =
    total === undefined ? applyFraction(range, flink + metaspace, { inverse: true }) : total - flink - metaspace;
  if (overhead < range.minBytes || overhead > range.maxBytes)
    throw createRefusal(
      key,
      `leaves ${formatMebibytes(overhead)} beside Flink's memory and the JVM metaspace, ${describeBounds(range)}`,
    );
  return {
    totalBytes: flink + metaspace + overhead,
    flinkBytes: flink,
    metaspaceBytes: metaspace,
    overheadBytes: overhead,
  };
};

/** The fraction of `bytes`, within the bounds. With `inverse`, it is the fraction of the sum of `bytes` and the result. */
const applyFraction = (
  { minBytes, maxBytes, fraction }: RangeFraction,
  bytes: bigint,
  { inverse = false } = {},
): bigint => {
  const product = multiply(bytes, inverse ? fraction / (1 - fraction) : fraction);
  if (product < minBytes) return minBytes;
  return product > maxBytes ? maxBytes : product;
};

/**
 * The exact product with the shortest decimal form of the factor, rounded down to whole bytes.
 *
 * @see Flink 2.2 `MemorySize.multiply`: BigDecimal.valueOf
 */
const multiply = (bytes: bigint, factor: number): bigint => {
  const [mantissa = '0', exponent = '0'] = factor.toExponential().split('e');
  const [whole = '0', decimals = ''] = mantissa.split('.');
  const scale = decimals.length - Number(exponent);
  const product = bytes * BigInt(whole + decimals);
  return scale >= 0 ? product / 10n ** BigInt(scale) : product * 10n ** BigInt(-scale);
};

const describeBounds = ({ name, minBytes, maxBytes }: RangeFraction): string =>
  `but the ${name} must be between ${formatMebibytes(minBytes)} and ${formatMebibytes(maxBytes)}`;
