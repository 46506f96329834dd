import { type Config, toText } from './config.ts';

/**
 * Why the JobManager could not get the jar of an application, or nothing.
 *
 * @param config Options under their current keys.
 * @see Flink 2.2 `ArtifactFetchManager`
 */
export const findJarError = (jar: string, config: Config): string | undefined => {
  if (/[\s"<>\\^`{|}]/.test(jar)) return `${jar} has characters that an address cannot have: write %20 for a blank`;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(jar)?.[1]?.toLowerCase();
  switch (scheme) {
    case 'local':
      return /^local:(\/\/)?\/[^/]/i.test(jar)
        ? undefined
        : `${jar} names no file in the image: write local:///opt/flink/usrlib/my-job.jar`;
    case 'https':
      return isHierarchical(jar) ? undefined : describeMissingFile(jar);
    case undefined:
      return `${jar} has no scheme, and the JobManager cannot see files of this machine: put the jar in the image (local:///…) or where it can be fetched (s3://…, https://…)`;
    case 'file':
      return `${jar} is a file of the machine that reads it, and that is the JobManager: put the jar in the image (local:///…) or where it can be fetched (s3://…, https://…)`;
    case 'http':
      return allowsHttp(config)
        ? undefined
        : `${jar} would come unprotected: use https://, or set user.artifacts.raw-http-enabled`;
    default:
      if (fileSystems.has(scheme)) return isHierarchical(jar) ? undefined : describeMissingFile(jar);
      return `${jar} has the scheme ${scheme}, which no file system of Flink has: use local:///…, s3://… or https://…`;
  }
};

/** Behind the scheme there is a place, and a file in it. */
const isHierarchical = (jar: string) => /^[^:]+:\/\/[^/]*\/./.test(jar);
const describeMissingFile = (jar: string) =>
  `${jar} names no file: write s3://bucket/my-job.jar or https://host/my-job.jar`;

const allowsHttp = (config: Config): boolean =>
  toText(config['user.artifacts.raw-http-enabled'] ?? 'false').toLowerCase() === 'true';

/** Of Flink's file systems, with their plugins in the image. */
const fileSystems: ReadonlySet<string> = new Set([
  's3',
  's3a',
  's3p',
  'hdfs',
  'viewfs',
  'gs',
  'oss',
  'abfs',
  'abfss',
  'wasb',
  'wasbs',
]);
