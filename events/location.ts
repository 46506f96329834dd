import * as z from 'zod';

/** Longer than the name of a bucket with the longest key of S3. */
export const maxLocationCharacters = 2_000;

/** The schemes of Flink's file systems in which a bucket or a container has to follow. */
const objectStores = /^(s3[ap]?|gs|oss|abfss?|wasbs?):(?!\/\/[^/\s])/i;

/** A URI with a user and a password, which may have slashes. A port is no password. */
const passwords = /^[a-z][a-z0-9+.-]*:\/\/[^/@:]*:(?!\d+\/)[^@]*@/i;

/** Why no file system of Flink can read or write a savepoint or a checkpoint there. Undefined when one may. */
export const findLocationError = (location: string): string | undefined => {
  if (passwords.test(location.trim())) return 'has a password, which records and events would show; remove it';
  const [, scheme = ''] = objectStores.exec(location.trim()) ?? [];
  return scheme === '' ? undefined : `names no bucket; write ${scheme}://bucket/path`;
};

/** A savepoint, a checkpoint or a directory of them. */
export const Location = z
  .string()
  .max(maxLocationCharacters)
  .refine((location) => findLocationError(location) === undefined, {
    error: ({ input }) => findLocationError(String(input)),
  });

/** A relative path is one of a folder in the container of the JobManager, and is lost with it. */
export const SavepointDirectory = Location.regex(
  /^([A-Za-z][\w+.-]*:|\/)/,
  'must be a directory, for example s3://bucket/savepoints. Leave it out for the savepoint directory of the cluster.',
)
  .optional()
  .meta({
    description: 'Directory of the savepoint. Default: the savepoint directory of the cluster.',
    example: 's3://bucket/savepoints',
  });
