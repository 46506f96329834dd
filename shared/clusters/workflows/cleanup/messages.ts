import type { Job } from '#events/records/job.ts';

/** A message with so many names fits into every record and event that it is written to. */
const maxNames = 20;

export const describeJob = ({ name, jobId }: Job): string => `job ${name} (${jobId})`;

/** Joins names for a message. Names beyond the twentieth are only counted. */
export const joinNames = (names: readonly string[], separator = ', '): string => {
  const more = names.length > maxNames ? [`and ${names.length - maxNames} more (drey describe)`] : [];
  return [...names.slice(0, maxNames), ...more].join(separator);
};

/** Ends a message with a period, unless it has one. */
export const toSentence = (message: string): string => (/[.!?]$/.test(message) ? message : `${message}.`);
