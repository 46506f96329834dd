import { describe, expect, it } from 'vitest';

import { computeJobManagerMemory, computeTaskManagerMemory } from '#shared/flink/memory.ts';

const mebibyte = 2n ** 20n;

describe('the memory of the JobManager', () => {
  it.each([
    ['process', '1600m', 1073741824n, 201326592n, 1600n],
    ['process', '1024m', 469762048n, 201326592n, 1024n],
    ['process', '2048m', 1530082096n, 214748368n, 2048n],
    ['process', '4g', 3462817376n, 429496736n, 4096n],
    ['process', '16g', 15703474176n, 1073741824n, 16384n],
    ['flink', '1g', 939524096n, 201326592n, 1472n],
  ])('of %s size %s is divided as Flink divides it', (model, size, heapBytes, overheadBytes, pod) => {
    const memory = computeJobManagerMemory({ [`jobmanager.memory.${model}.size`]: size });

    expect(memory).toEqual({
      totalBytes: pod * mebibyte,
      flinkBytes: heapBytes + 134217728n,
      heapBytes,
      offHeapBytes: 134217728n,
      metaspaceBytes: 268435456n,
      overheadBytes,
    });
  });

  it('computes the overhead of a large Flink memory as a fraction of the sum of both', () => {
    const { overheadBytes, totalBytes } = computeJobManagerMemory({ 'jobmanager.memory.flink.size': '8000m' });

    // 8256 MiB × 0.11111111295076065, which is f/(1−f) of the float 0.1
    expect(overheadBytes).toBe(961893733n);
    expect(totalBytes).toBe(8256n * mebibyte + overheadBytes);
  });

  it('is computed from the heap size when it is set', () => {
    const memory = computeJobManagerMemory({ 'jobmanager.memory.heap.size': '1g' });

    expect(memory).toMatchObject({
      heapBytes: 1024n * mebibyte,
      offHeapBytes: 128n * mebibyte,
      totalBytes: 1600n * mebibyte,
    });
  });

  it('gives the rest of the Flink memory to off-heap memory', () => {
    const memory = computeJobManagerMemory({
      'jobmanager.memory.heap.size': '1g',
      'jobmanager.memory.flink.size': '1536m',
    });

    expect(memory).toMatchObject({ offHeapBytes: 512n * mebibyte, flinkBytes: 1536n * mebibyte });
  });

  it('gives the rest of the process memory to the overhead', () => {
    const memory = computeJobManagerMemory({
      'jobmanager.memory.flink.size': '1g',
      'jobmanager.memory.process.size': '1600m',
    });

    expect(memory).toMatchObject({ overheadBytes: 320n * mebibyte, totalBytes: 1600n * mebibyte });
  });

  it.each([
    ['nothing is set', {}, 'process.size'],
    ['the process is smaller than metaspace and overhead', { 'process.size': '300m' }, 'process.size'],
    ['the process leaves nothing to the heap', { 'process.size': '576m' }, 'process.size'],
    ["Flink's memory is not larger than the off-heap memory", { 'flink.size': '128m' }, 'flink.size'],
    ["the heap is larger than Flink's memory", { 'heap.size': '2g', 'flink.size': '1g' }, 'flink.size'],
    ['heap and off-heap do not add up', { 'heap.size': '1g', 'off-heap.size': '1g', 'flink.size': '3g' }, 'flink.size'],
    ['the process leaves too little overhead', { 'flink.size': '1g', 'process.size': '1300m' }, 'process.size'],
    ['the process leaves too much overhead', { 'flink.size': '1g', 'process.size': '4g' }, 'process.size'],
    ['the bounds of the overhead are swapped', { 'process.size': '2g', 'jvm-overhead.min': '2g' }, 'jvm-overhead.min'],
  ])('is rejected when %s', (_, sizes, key) => {
    const config = Object.fromEntries(Object.entries(sizes).map(([name, size]) => [`jobmanager.memory.${name}`, size]));

    expect(() => computeJobManagerMemory(config)).toThrow(
      expect.objectContaining({
        code: 'refused-option',
        errors: [expect.objectContaining({ pointer: `/config/jobmanager.memory.${key}` })],
      }),
    );
  });
});

describe('the memory of a TaskManager', () => {
  it('of process size 1728m is divided as Flink divides it', () => {
    const memory = computeTaskManagerMemory({ 'taskmanager.memory.process.size': '1728m' });

    expect(memory).toEqual({
      totalBytes: 1728n * mebibyte,
      flinkBytes: 1280n * mebibyte,
      metaspaceBytes: 256n * mebibyte,
      overheadBytes: 192n * mebibyte,
      frameworkHeapBytes: 128n * mebibyte,
      frameworkOffHeapBytes: 128n * mebibyte,
      taskHeapBytes: 402653174n,
      taskOffHeapBytes: 0n,
      managedBytes: 536870920n,
      networkBytes: 134217730n,
    });
  });

  it('is the same when it is computed from the Flink memory', () => {
    const memory = computeTaskManagerMemory({ 'taskmanager.memory.flink.size': '1280m' });

    expect(memory).toEqual(computeTaskManagerMemory({ 'taskmanager.memory.process.size': '1728m' }));
  });

  it('is the sum of task heap and managed memory', () => {
    const memory = computeTaskManagerMemory({
      'taskmanager.memory.task.heap.size': '1g',
      'taskmanager.memory.managed.size': '512m',
    });

    expect(memory.flinkBytes).toBe(1792n * mebibyte + memory.networkBytes);
    expect(memory.networkBytes).toBe(208783135n);
  });

  it.each([
    ['nothing is set', {}, 'process.size'],
    ['the parts are more than the whole', { 'process.size': '1728m', 'managed.size': '2g' }, 'process.size'],
    ['the task heap leaves nothing to managed memory', { 'flink.size': '1g', 'task.heap.size': '1g' }, 'flink.size'],
    [
      'the parts leave too little to the network',
      { 'flink.size': '1g', 'task.heap.size': '700m', 'managed.size': '60m' },
      'flink.size',
    ],
  ])('is rejected when %s', (_, sizes, key) => {
    const config = Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => [`taskmanager.memory.${name}`, size]),
    );

    expect(() => computeTaskManagerMemory(config)).toThrow(
      expect.objectContaining({
        errors: [expect.objectContaining({ pointer: `/config/taskmanager.memory.${key}` })],
      }),
    );
  });
});
