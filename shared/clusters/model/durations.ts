/**
 * How many milliseconds pass from each point in time, in ISO 8601, to the next one. A time before an earlier one counts as
 * that: Kubernetes leaves out the fractions of a second, and its clock is another one.
 */
export const toDurations = (times: readonly string[]): readonly number[] => {
  let latestMs = Date.parse(times[0] ?? '');
  return times.slice(1).map((time) => {
    const beforeMs = latestMs;
    latestMs = Math.max(beforeMs, Date.parse(time));
    return latestMs - beforeMs;
  });
};
