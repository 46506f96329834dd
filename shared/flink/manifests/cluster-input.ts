import { type FlinkVersion, newestFlinkVersion } from '#events/flink-version.ts';
import type { ConfigInput } from '#shared/flink/cluster-config.ts';
import type { Value } from '#shared/flink/config.ts';
import { canonicalizeConfig } from '#shared/flink/option-names/canonical.ts';
import { detectFlinkVersion } from '#shared/flink/version.ts';

import type { Kerberos } from '#shared/flink/manifests/mounts/kerberos.ts';
import {
  type PodTemplates,
  selectTemplate,
  splitPodTemplate,
} from '#shared/flink/manifests/pod-template/pod-template.ts';

/** The definition of a cluster, independent of the origin of the command. */
export interface ClusterInput extends Omit<ConfigInput, 'flinkVersion'> {
  /** The version of the image applies when it is undefined. */
  readonly flinkVersion?: FlinkVersion | undefined;
  readonly podTemplates?: PodTemplates | undefined;
  /** The other files of the configuration folder. The default is Drey's own log4j-console.properties. */
  readonly files?: Readonly<Partial<Record<string, string>>> | undefined;
  readonly hadoop?: Readonly<Partial<Record<string, string>>> | undefined;
  readonly kerberos?: Kerberos | undefined;
}

const imageOption = 'kubernetes.container.image.ref';

/** The version of Flink that the caller set, or that the tag of the image names. */
export const resolveFlinkVersion = (input: ClusterInput): FlinkVersion =>
  input.flinkVersion ?? detectFlinkVersion(findImage(input));

/** The image of the JobManager, which an option or a pod template sets. */
export const findImage = ({
  config,
  defaults = {},
  folder = {},
  locked = {},
  podTemplates,
}: ClusterInput): string | undefined => {
  const layers = [folder, defaults, config, locked].map((layer) =>
    canonicalizeConfig<Value>(layer, newestFlinkVersion),
  );
  const image = Object.assign({}, ...layers)[imageOption];
  return image === undefined
    ? (splitPodTemplate(selectTemplate(podTemplates, 'jobmanager')).main.image ?? undefined)
    : String(image);
};
