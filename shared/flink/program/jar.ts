import { type Config, toText } from '#shared/flink/config.ts';

import { describeUri, fileSystems, findCharacterError, hasFile, schemeOf } from './uri.ts';

/**
 * Why the JobManager cannot fetch the jar of an application. Undefined when it can.
 *
 * @param config Options under their current keys.
 * @see Flink 2.2 `ArtifactFetchManager`
 */
export const findJarError = (jar: string, config: Config): string | undefined => {
  const characterError = findCharacterError(jar);
  if (characterError !== undefined) return characterError;
  const scheme = schemeOf(jar);
  switch (scheme) {
    case 'local':
      return /^local:(\/\/)?\/[^/]/i.test(jar)
        ? undefined
        : `${describeUri(jar)} does not name a file in the image; write for example local:///opt/flink/usrlib/my-job.jar`;
    case 'https':
      return hasFile(jar) ? undefined : describeMissingFile(jar);
    case undefined:
      return `${describeUri(jar)} is a local path, which the JobManager cannot read; ${alternatives}`;
    case 'file':
      return `${describeUri(jar)} names a file on the disk of the JobManager, not of the client; ${alternatives}`;
    case 'http':
      return allowsHttp(config)
        ? undefined
        : `${describeUri(jar)} uses unencrypted HTTP; use https://, or set user.artifacts.raw-http-enabled=true`;
    default:
      if (fileSystems.has(scheme)) return hasFile(jar) ? undefined : describeMissingFile(jar);
      return `${describeUri(jar)} has the scheme ${scheme}, which no file system of Flink supports; use local:///…, s3://… or https://…`;
  }
};

const alternatives =
  'put the jar into the image (local:///…), or where the JobManager can fetch it (s3://…, https://…)';

const describeMissingFile = (jar: string) =>
  `${describeUri(jar)} does not name a file; write for example s3://bucket/my-job.jar or https://host/my-job.jar`;

const allowsHttp = (config: Config): boolean =>
  toText(config['user.artifacts.raw-http-enabled'] ?? 'false').toLowerCase() === 'true';
