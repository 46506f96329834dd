import { type Config, toText } from '#shared/flink/config.ts';

/**
 * Why the JobManager cannot fetch the jar of an application. Undefined when it can.
 *
 * @param config Options under their current keys.
 * @see Flink 2.2 `ArtifactFetchManager`
 */
export const findJarError = (jar: string, config: Config): string | undefined => {
  if (/[\s"<>\\^`{|}]/.test(jar))
    return `${jar} contains characters that are not allowed in a URI; write %20 for a space`;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(jar)?.[1]?.toLowerCase();
  switch (scheme) {
    case 'local':
      return /^local:(\/\/)?\/[^/]/i.test(jar)
        ? undefined
        : `${jar} does not name a file in the image; write for example local:///opt/flink/usrlib/my-job.jar`;
    case 'https':
      return hasFile(jar) ? undefined : describeMissingFile(jar);
    case undefined:
      return `${jar} is a local path, which the JobManager cannot read; ${alternatives}`;
    case 'file':
      return `${jar} names a file on the disk of the JobManager, not of the client; ${alternatives}`;
    case 'http':
      return allowsHttp(config)
        ? undefined
        : `${jar} uses unencrypted HTTP; use https://, or set user.artifacts.raw-http-enabled=true`;
    default:
      if (fileSystems.has(scheme)) return hasFile(jar) ? undefined : describeMissingFile(jar);
      return `${jar} has the scheme ${scheme}, which no file system of Flink supports; use local:///…, s3://… or https://…`;
  }
};

const alternatives =
  'put the jar into the image (local:///…), or where the JobManager can fetch it (s3://…, https://…)';

/** Whether a path to a file follows the host or the bucket. */
const hasFile = (jar: string) => /^[^:]+:\/\/[^/]*\/./.test(jar);

const describeMissingFile = (jar: string) =>
  `${jar} does not name a file; write for example s3://bucket/my-job.jar or https://host/my-job.jar`;

const allowsHttp = (config: Config): boolean =>
  toText(config['user.artifacts.raw-http-enabled'] ?? 'false').toLowerCase() === 'true';

/** The schemes of Flink's file systems. Their plugins are part of the image. */
export const fileSystems: ReadonlySet<string> = new Set([
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
