/**
 * Whether arrays and objects are nested in more levels than `maxLevels`.
 *
 * It does not recurse, because a deep value would exhaust the stack, as it does in `JSON.stringify`.
 */
export const isDeeperThan = (value: unknown, maxLevels: number): boolean => {
  let level = [value].filter(isNested);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxLevels) return true;
    level = level.flatMap((nested) => Object.values(nested).filter(isNested));
  }
  return false;
};

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;
