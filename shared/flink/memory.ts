import { Fault } from '#events/problem.ts';

import type { Config } from './config.ts';
import { mistakeAt, type OptionKey, read } from './options.ts';

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
interface Share {
  readonly name: string;
  readonly min: bigint;
  readonly max: bigint;
  readonly fraction: number;
}

type Owner = 'jobmanager' | 'taskmanager';

/**
 * The JobManager's memory: from its heap, else from Flink's memory, else from the whole process's.
 *
 * @param config Options under their current keys.
 * @throws Fault `refused-option` when the sizes do not fit together.
 * @see Flink 2.2 `JobManagerProcessUtils`, `JobManagerFlinkMemoryUtils`
 */
export const jobManagerMemory = (config: Config): JobManagerMemory => {
  const heap = read(config, 'jobmanager.memory.heap.size');
  const flink = read(config, 'jobmanager.memory.flink.size');
  if (heap !== undefined) return jobManagerOfHeap(config, heap, flink);
  const process =
    flink === undefined
      ? processOfTotal(config, 'jobmanager', 'jobmanager.memory.heap.size')
      : processOfFlink(config, 'jobmanager', flink);
  const offHeap = read(config, 'jobmanager.memory.off-heap.size');
  if (process.flinkBytes <= offHeap)
    throw refused(
      flink === undefined ? 'jobmanager.memory.process.size' : 'jobmanager.memory.flink.size',
      `leaves ${mebibytes(process.flinkBytes)} to Flink, which is no more than its off-heap memory of ${mebibytes(offHeap)}`,
    );
  return { ...process, heapBytes: process.flinkBytes - offHeap, offHeapBytes: offHeap };
};

const jobManagerOfHeap = (config: Config, heap: bigint, flink: bigint | undefined): JobManagerMemory => {
  const given = Object.hasOwn(config, 'jobmanager.memory.off-heap.size');
  const offHeap = flink === undefined || given ? read(config, 'jobmanager.memory.off-heap.size') : flink - heap;
  if (offHeap < 0n || (flink !== undefined && heap + offHeap !== flink))
    throw refused(
      'jobmanager.memory.flink.size',
      `is not the sum of the heap (${mebibytes(heap)}) and the off-heap memory`,
    );
  return { ...processOfFlink(config, 'jobmanager', heap + offHeap), heapBytes: heap, offHeapBytes: offHeap };
};

/**
 * A TaskManager's memory: from task heap and managed memory, else from Flink's memory, else from the whole process's.
 * The JobManager computes it again when it makes the pod; here it is checked and shown.
 *
 * @param config Options under their current keys.
 * @throws Fault `refused-option` when the sizes do not fit together.
 * @see Flink 2.2 `TaskExecutorProcessUtils`, `TaskExecutorFlinkMemoryUtils`
 */
export const taskManagerMemory = (config: Config): TaskManagerMemory => {
  const fixed = {
    frameworkHeapBytes: read(config, 'taskmanager.memory.framework.heap.size'),
    frameworkOffHeapBytes: read(config, 'taskmanager.memory.framework.off-heap.size'),
    taskOffHeapBytes: read(config, 'taskmanager.memory.task.off-heap.size'),
  };
  const fixedBytes = fixed.frameworkHeapBytes + fixed.frameworkOffHeapBytes + fixed.taskOffHeapBytes;
  const taskHeap = read(config, 'taskmanager.memory.task.heap.size');
  const managed = read(config, 'taskmanager.memory.managed.size');
  const flink = read(config, 'taskmanager.memory.flink.size');

  if (taskHeap !== undefined && managed !== undefined) {
    const network = networkBeside(config, fixedBytes + taskHeap + managed, flink);
    const process = processOfFlink(config, 'taskmanager', fixedBytes + taskHeap + managed + network);
    return { ...process, ...fixed, taskHeapBytes: taskHeap, managedBytes: managed, networkBytes: network };
  }

  const process =
    flink === undefined
      ? processOfTotal(config, 'taskmanager', 'taskmanager.memory.task.heap.size and taskmanager.memory.managed.size')
      : processOfFlink(config, 'taskmanager', flink);
  const network = within(networkShare(config), process.flinkBytes);
  const left = process.flinkBytes - fixedBytes - network;
  const managedBytes =
    managed ??
    (taskHeap === undefined
      ? multiply(process.flinkBytes, read(config, 'taskmanager.memory.managed.fraction'))
      : left - taskHeap);
  const taskHeapBytes = taskHeap ?? left - managedBytes;
  if (managedBytes < 0n || taskHeapBytes < 0n)
    throw refused(
      flink === undefined ? 'taskmanager.memory.process.size' : 'taskmanager.memory.flink.size',
      `leaves ${mebibytes(process.flinkBytes)} to Flink, which is less than the sum of its parts`,
    );
  return { ...process, ...fixed, taskHeapBytes, managedBytes, networkBytes: network };
};

const networkBeside = (config: Config, others: bigint, flink: bigint | undefined): bigint => {
  const share = networkShare(config);
  if (flink === undefined) return within(share, others, { inverse: true });
  const network = flink - others;
  if (network < share.min || network > share.max)
    throw refused('taskmanager.memory.flink.size', `leaves ${mebibytes(network)} to the network, ${outside(share)}`);
  return network;
};

const networkShare = (config: Config): Share =>
  checked('taskmanager.memory.network.min', {
    name: 'network memory',
    min: read(config, 'taskmanager.memory.network.min'),
    max: read(config, 'taskmanager.memory.network.max'),
    fraction: read(config, 'taskmanager.memory.network.fraction'),
  });

const overheadShare = (config: Config, owner: Owner): Share =>
  checked(`${owner}.memory.jvm-overhead.min`, {
    name: 'JVM overhead',
    min: read(config, `${owner}.memory.jvm-overhead.min`),
    max: read(config, `${owner}.memory.jvm-overhead.max`),
    fraction: read(config, `${owner}.memory.jvm-overhead.fraction`),
  });

const checked = (key: OptionKey, share: Share): Share => {
  if (share.min > share.max)
    throw refused(
      key,
      `the least ${share.name} (${mebibytes(share.min)}) is more than the most (${mebibytes(share.max)})`,
    );
  return share;
};

/** @see Flink 2.2 `ProcessMemoryUtils.deriveProcessSpecWithTotalProcessMemory` */
const processOfTotal = (config: Config, owner: Owner, fineGrained: string): ProcessMemory => {
  const key = `${owner}.memory.process.size` as const;
  const total = read(config, key);
  if (total === undefined)
    throw refused(key, `one of these must be set: ${fineGrained}, or ${owner}.memory.flink.size, or ${key}`);
  const metaspace = read(config, `${owner}.memory.jvm-metaspace.size`);
  const overhead = within(overheadShare(config, owner), total);
  if (metaspace + overhead > total)
    throw refused(
      key,
      `of ${mebibytes(total)} is less than JVM metaspace (${mebibytes(metaspace)}) and JVM overhead (${mebibytes(overhead)}) together`,
    );
  return {
    totalBytes: total,
    flinkBytes: total - metaspace - overhead,
    metaspaceBytes: metaspace,
    overheadBytes: overhead,
  };
};

/** @see Flink 2.2 `ProcessMemoryUtils.deriveJvmMetaspaceAndOverheadFromTotalFlinkMemory` */
const processOfFlink = (config: Config, owner: Owner, flink: bigint): ProcessMemory => {
  const key = `${owner}.memory.process.size` as const;
  const total = read(config, key);
  const metaspace = read(config, `${owner}.memory.jvm-metaspace.size`);
  const share = overheadShare(config, owner);
  const overhead =
    total === undefined ? within(share, flink + metaspace, { inverse: true }) : total - flink - metaspace;
  if (overhead < share.min || overhead > share.max)
    throw refused(key, `leaves ${mebibytes(overhead)} beside Flink's memory and the metaspace, ${outside(share)}`);
  return {
    totalBytes: flink + metaspace + overhead,
    flinkBytes: flink,
    metaspaceBytes: metaspace,
    overheadBytes: overhead,
  };
};

/** The share of `bytes`; with `inverse`, the share of the sum of `bytes` and itself. */
const within = ({ min, max, fraction }: Share, bytes: bigint, { inverse = false } = {}): bigint => {
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

const outside = ({ name, min, max }: Share): string =>
  `but the ${name} has to be between ${mebibytes(min)} and ${mebibytes(max)}`;

const mebibytes = (bytes: bigint): string => `${(Number(bytes) / 2 ** 20).toFixed(3)}mb (${bytes} bytes)`;

const refused = (key: OptionKey, detail: string): Fault =>
  new Fault('refused-option', `${key}: ${detail}`, { errors: [mistakeAt(key, detail)] });
