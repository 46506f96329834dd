/** The shortest of several times, because the machine also does other things. */
const measure = async (work: () => unknown): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return Math.min(...times);
};

/**
 * How many times longer the work takes on 16 times the size: about 16 in proportion, and 256 with the square. Below a
 * millisecond nothing is measured.
 */
export const measureGrowth = async (work: (size: number) => unknown, size: number): Promise<number> => {
  const short = await measure(() => work(size));
  const long = await measure(() => work(size * 16));
  return long / Math.max(short, 1);
};

/** Between the two, far from both, because one measurement may be disturbed. */
export const maxGrowth = 100;
