/**
 * Runs an action for each ID that is not done, one after another. A failure does not keep the others from it.
 *
 * @param done Gets the IDs that succeeded, so that a repetition runs only the others.
 * @throws The first failure.
 */
export const runForEach = async (
  ids: readonly string[],
  done: Set<string>,
  run: (id: string) => Promise<unknown>,
): Promise<void> => {
  const failures: unknown[] = [];
  for (const id of ids) {
    if (done.has(id)) continue;
    try {
      await run(id);
      done.add(id);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
};
