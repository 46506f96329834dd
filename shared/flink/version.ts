import { type FlinkVersion, flinkVersions, newestFlinkVersion } from '#events/flink-version.ts';

/** The newest patch release of each line. */
export const patchReleases: Readonly<Record<FlinkVersion, string>> = {
  '1.20': '1.20.5',
  '2.0': '2.0.2',
  '2.1': '2.1.3',
  '2.2': '2.2.1',
  '2.3': '2.3.0',
};

/** The image that the client of this line starts when none is set. @see Flink 2.3 `KubernetesConfigOptions.getDefaultFlinkImage` */
export const getDefaultImage = (version: FlinkVersion): string => `apache/flink:${patchReleases[version]}-scala_2.12`;

/**
 * The line that the tag of an image names: 1.20 for `flink:1.20.5-java17`. Earlier lines of Flink 1 count as 1.20. The
 * newest line when the tag names none that Drey knows.
 */
export const detectFlinkVersion = (image: string | undefined): FlinkVersion => {
  const [, line] = /:v?(\d+\.\d+)(?![a-z\d])/i.exec(image ?? '') ?? [];
  return line?.startsWith('1.') === true
    ? '1.20'
    : (flinkVersions.find((version) => version === line) ?? newestFlinkVersion);
};

/** Whether a line has what came with `since`. */
export const isAtLeast = (version: FlinkVersion, since: FlinkVersion): boolean =>
  flinkVersions.indexOf(version) >= flinkVersions.indexOf(since);
