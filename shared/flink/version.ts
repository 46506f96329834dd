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

interface ImageTag {
  /** Whether the name of the image has the word flink, so that its tag is a version of Flink. */
  readonly isFlink: boolean;
  /** The first two numbers of the tag. */
  readonly line: string;
  /** The line of Flink that these numbers stand for. Undefined when Drey does not know it. */
  readonly version: FlinkVersion | undefined;
}

/** The name of the image without the registry, and its tag. */
const parseImage = (image: string): readonly string[] => {
  const [path = ''] = image.split('@', 1);
  return path.slice(path.lastIndexOf('/') + 1).split(':');
};

const isFlinkName = (name: string): boolean => /(^|[^a-z\d])flink([^a-z\d]|$)/i.test(name);

/** Undefined when the tag does not start with a version. */
const readTag = (image: string): ImageTag | undefined => {
  const [name = '', tag = ''] = parseImage(image);
  const [, line] = /^v?(\d+\.\d+)(?![a-z\d])/i.exec(tag) ?? [];
  return line === undefined ? undefined : { isFlink: isFlinkName(name), line, version: toVersion(line) };
};

/** Earlier lines of Flink 1, from the first that starts applications on Kubernetes, count as 1.20. */
const toVersion = (line: string): FlinkVersion | undefined =>
  /^1\.1\d$/.test(line) ? '1.20' : flinkVersions.find((version) => version === line);

/**
 * The line that the tag of an image names: 1.20 for `flink:1.20.5-java17` and `team/my-flink:1.19`. The newest line for
 * an image whose name does not have the word flink, because its tag is that of a program, and for a line that Drey does
 * not know.
 */
export const detectFlinkVersion = (image: string | undefined): FlinkVersion => {
  const tag = readTag(image ?? '');
  return tag?.isFlink === true ? (tag.version ?? newestFlinkVersion) : newestFlinkVersion;
};

const versionOption = 'flinkVersion (-Ddrey.flink-version)';

/**
 * Why the version of Flink that Drey renders for may not be that of the image.
 *
 * @param requested The version that the caller set.
 */
export const findVersionWarnings = (image: string, requested: FlinkVersion | undefined): readonly string[] => {
  const { isFlink = false, line, version } = readTag(image) ?? {};
  if (requested !== undefined)
    return isFlink && version !== undefined && version !== requested
      ? [
          `${versionOption} is ${requested}, but the image is ${image}. The cluster is started as one of Flink ${requested}. Correct one of them.`,
        ]
      : [];
  const assumption = `Drey starts the cluster as one of Flink ${newestFlinkVersion}. If the image has another version, set ${versionOption}.`;
  const other = line === undefined ? findOtherLine(image) : undefined;
  if (other !== undefined && other !== newestFlinkVersion)
    return [`The tag of the image ${image} has ${other}, but does not start with a version of Flink. ${assumption}`];
  if (isFlink && line !== undefined && version === undefined)
    return [`The tag of the image ${image} names Flink ${line}, which Drey does not know. ${assumption}`];
  return !isFlink && version !== undefined && version !== newestFlinkVersion
    ? [
        `The tag of the image ${image} looks like Flink ${version}, but the name of the image does not have the word flink. ${assumption}`,
      ]
    : [];
};

/** A line of Flink in another place of the tag: `release-1.20`, `1.20rc1`. */
const findOtherLine = (image: string): string | undefined => {
  const [name = '', tag = ''] = parseImage(image);
  return isFlinkName(name) ? /(?<![\d._])(1\.1\d|1\.20|2\.\d)(?!\d)/.exec(tag)?.[1] : undefined;
};

/** Whether a line has what came with `since`. */
export const isAtLeast = (version: FlinkVersion, since: FlinkVersion): boolean =>
  flinkVersions.indexOf(version) >= flinkVersions.indexOf(since);
