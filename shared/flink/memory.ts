import { Fault } from '#events/problem.ts';

import type { Config } from './config.ts';
import { type OptionKey, readOption, toFieldError } from './options.ts';

/** What a process's memory is made of. All in bytes, and all exactly as Flink computes it. */
export interface ProcessMemory {
  readonly totalBytes: bigint;
  /** Without metaspace and overhead. */
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

/** A part that is a share of something, but never outside of two bounds. */
interface RangeFraction {
  readonly name: string;
  readonly min: bigint;
  readonly max: bigint;
  readonly fraction: number;
}

type Process = 'jobmanager' | 'taskmanager';

/**
 * The JobManager's memory: from its heap, else from Flink's memory, else from the whole process's.
 *
 * @param config Options under their current keys.
 * @throws Fault `refused-option` when the sizes do not fit together.
 * @see Flink 2.2 `JobManagerProcessUtils`, `JobManagerFlinkMemoryUtils`
 */
export const computeJobManagerMemory = (config: Config): JobManagerMemory => {
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
      `leaves ${formatMebibytes(process.flinkBytes)} to Flink, which is no more than its off-heap memory of ${formatMebibytes(offHeap)}`,
    );
  return { ...process, heapBytes: process.flinkBytes - offHeap, offHeapBytes: offHeap };
};

const computeFromHeap = (config: Config, heap: bigint, flink: bigint | undefined): JobManagerMemory => {
  const given = Object.hasOwn(config, 'jobmanager.memory.off-heap.size');
  const offHeap = flink === undefined || given ? readOption(config, 'jobmanager.memory.off-heap.size') : flink - heap;
  if (offHeap < 0n || (flink !== undefined && heap + offHeap !== flink))
    throw createRefusal(
      'jobmanager.memory.flink.size',
      `is not the sum of the heap (${formatMebibytes(heap)}) and the off-heap memory`,
    );
  return { ...addJvmMemory(config, 'jobmanager', heap + offHeap), heapBytes: heap, offHeapBytes: offHeap };
};

/**
 * A TaskManager's memory: from task heap and managed memory, else from Flink's memory, else from the whole process's.
 * The JobManager computes it again when it makes the pod; here it is checked and shown.
 *
 * @param config Options under their current keys.
 * @throws Fault `refused-option` when the sizes do not fit together.
 * @see Flink 2.2 `TaskExecutorProcessUtils`, `TaskExecutorFlinkMemoryUtils`
 */
export const computeTaskManagerMemory = (config: Config): TaskManagerMemory => {
  const fixed = {
    frameworkHeapBytes: readOption(config, 'taskmanager.memory.framework.heap.size'),
    frameworkOffHeapBytes: readOption(config, 'taskmanager.memory.framework.off-heap.size'),
    taskOffHeapBytes: readOption(config, 'taskmanager.memory.task.off-heap.size'),
  };
  const fixedBytes = fixed.frameworkHeapBytes + fixed.frameworkOffHeapBytes + fixed.taskOffHeapBytes;
  const taskHeap = readOption(config, 'taskmanager.memory.task.heap.size');
  const managed = readOption(config, 'taskmanager.memory.managed.size');
  const flink = readOption(config, 'taskmanager.memory.flink.size');

  if (taskHeap !== undefined && managed !== undefined) {
    const network = computeRemainingNetwork(config, fixedBytes + taskHeap + managed, flink);
    const process = addJvmMemory(config, 'taskmanager', fixedBytes + taskHeap + managed + network);
    return { ...process, ...fixed, taskHeapBytes: taskHeap, managedBytes: managed, networkBytes: network };
  }

  const process =
    flink === undefined
      ? divideProcessMemory(
          config,
          'taskmanager',
          'taskmanager.memory.task.heap.size and taskmanager.memory.managed.size',
        )
      : addJvmMemory(config, 'taskmanager', flink);
  const network = computeFraction(readNetworkFraction(config), process.flinkBytes);
  const left = process.flinkBytes - fixedBytes - network;
  const managedBytes =
    managed ??
    (taskHeap === undefined
      ? multiply(process.flinkBytes, readOption(config, 'taskmanager.memory.managed.fraction'))
      : left - taskHeap);
  const taskHeapBytes = taskHeap ?? left - managedBytes;
  if (managedBytes < 0n || taskHeapBytes < 0n)
    throw createRefusal(
      flink === undefined ? 'taskmanager.memory.process.size' : 'taskmanager.memory.flink.size',
      `leaves ${formatMebibytes(process.flinkBytes)} to Flink, which is less than the sum of its parts`,
    );
  return { ...process, ...fixed, taskHeapBytes, managedBytes, networkBytes: network };
};

const computeRemainingNetwork = (config: Config, others: bigint, flink: bigint | undefined): bigint => {
  const share = readNetworkFraction(config);
  if (flink === undefined) return computeFraction(share, others, { inverse: true });
  const network = flink - others;
  if (network < share.min || network > share.max)
    throw createRefusal(
      'taskmanager.memory.flink.size',
      `leaves ${formatMebibytes(network)} to the network, ${describeBounds(share)}`,
    );
  return network;
};

const readNetworkFraction = (config: Config): RangeFraction =>
  assertBounds('taskmanager.memory.network.min', {
    name: 'network memory',
    min: readOption(config, 'taskmanager.memory.network.min'),
    max: readOption(config, 'taskmanager.memory.network.max'),
    fraction: readOption(config, 'taskmanager.memory.network.fraction'),
  });

const readOverheadFraction = (config: Config, owner: Process): RangeFraction =>
  assertBounds(`${owner}.memory.jvm-overhead.min`, {
    name: 'JVM overhead',
    min: readOption(config, `${owner}.memory.jvm-overhead.min`),
    max: readOption(config, `${owner}.memory.jvm-overhead.max`),
    fraction: readOption(config, `${owner}.memory.jvm-overhead.fraction`),
  });

const assertBounds = (key: OptionKey, share: RangeFraction): RangeFraction => {
  if (share.min > share.max)
    throw createRefusal(
      key,
      `the least ${share.name} (${formatMebibytes(share.min)}) is more than the most (${formatMebibytes(share.max)})`,
    );
  return share;
};

/** @see Flink 2.2 `ProcessMemoryUtils.deriveProcessSpecWithTotalProcessMemory` */
const divideProcessMemory = (config: Config, owner: Process, fineGrained: string): ProcessMemory => {
  const key = `${owner}.memory.process.size` as const;
  const total = readOption(config, key);
  if (total === undefined)
    throw createRefusal(key, `one of these must be set: ${fineGrained}, or ${owner}.memory.flink.size, or ${key}`);
  const metaspace = readOption(config, `${owner}.memory.jvm-metaspace.size`);
  const overhead = computeFraction(readOverheadFraction(config, owner), total);
  if (metaspace + overhead > total)
    throw createRefusal(
      key,
      `of ${formatMebibytes(total)} is less than JVM metaspace (${formatMebibytes(metaspace)}) and JVM overhead (${formatMebibytes(overhead)}) together`,
    );
  return {
    totalBytes: total,
    flinkBytes: total - metaspace - overhead,
    metaspaceBytes: metaspace,
    overheadBytes: overhead,
  };
};

/** @see Flink 2.2 `ProcessMemoryUtils.deriveJvmMetaspaceAndOverheadFromTotalFlinkMemory` */
const addJvmMemory = (config: Config, owner: Process, flink: bigint): ProcessMemory => {
  const key = `${owner}.memory.process.size` as const;
  const total = readOption(config, key);
  const metaspace = readOption(config, `${owner}.memory.jvm-metaspace.size`);
  const share = readOverheadFraction(config, owner);
  const overhead =
    total === undefined ? computeFraction(share, flink + metaspace, { inverse: true }) : total - flink - metaspace;
  if (overhead < share.min || overhead > share.max)
    throw createRefusal(
      key,
      `leaves ${formatMebibytes(overhead)} beside Flink's memory and the metaspace, ${describeBounds(share)}`,
    );
  return {
    totalBytes: flink + metaspace + overhead,
    flinkBytes: flink,
    metaspaceBytes: metaspace,
    overheadBytes: overhead,
  };
};

/** The share of `bytes`; with `inverse`, the share of the sum of `bytes` and itself. */
const computeFraction = ({ min, max, fraction }: RangeFraction, bytes: bigint, { inverse = false } = {}): bigint => {
  const wanted = multiply(bytes, inverse ? fraction / (1 - fraction) : fraction);
  if (wanted < min) return min;
  return wanted > max ? max : wanted;
};

/**
 * The exact product with the shortest decimal form of the factor, cut off to whole bytes.
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

const describeBounds = ({ name, min, max }: RangeFraction): string =>
  `but the ${name} has to be between ${formatMebibytes(min)} and ${formatMebibytes(max)}`;

const formatMebibytes = (bytes: bigint): string => `${(Number(bytes) / 2 ** 20).toFixed(3)}mb (${bytes} bytes)`;

const createRefusal = (key: OptionKey, detail: string): Fault =>
  new Fault('refused-option', `${key}: ${detail}`, { errors: [toFieldError(key, detail)] });
