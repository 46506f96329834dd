import { type ConfigSource, isHighlyAvailable, resolveConfig } from '#shared/flink/cluster-config.ts';
import type { Config, Value } from '#shared/flink/config.ts';
import { assertNoFieldErrors, omitLaterOptions } from '#shared/flink/options.ts';
import { nameSettings } from '#shared/flink/program/sql-settings.ts';
import { computeResources, type Resources } from '#shared/flink/resources.ts';
import type { FlinkVersion } from '#events/flink-version.ts';
import { withDynamicProperties } from '#shared/flink/dynamic-properties.ts';
import { findVersionWarnings, getDefaultImage } from '#shared/flink/version.ts';

import { type ClusterInput, findImage, resolveFlinkVersion } from './cluster-input.ts';
import { assertFitsConfigMap, renderConfigMap } from './config-map.ts';
import { renderConfigurationFiles } from '#shared/flink/manifests/mounts/configuration-files.ts';
import type { V1PodTemplateSpec } from '@kubernetes/client-node';

import { type DeploymentInput, renderDeployment } from './deployment.ts';
import { findFieldErrors } from './field-errors.ts';
import { renderHadoopMount } from '#shared/flink/manifests/mounts/hadoop.ts';
import { renderKerberosMount, toKerberosConfig } from '#shared/flink/manifests/mounts/kerberos.ts';
import type { Manifests } from './manifests.ts';
import { findMissingVolumes, findMissingVolumeWarnings } from '#shared/flink/manifests/pod-template/missing-volumes.ts';
import { toClaimMounts } from '#shared/flink/manifests/pod-template/persistent-volume-claims.ts';
import { renderPodTemplateMount } from '#shared/flink/manifests/pod-template/pod-template-mount.ts';
import { selectTemplate } from '#shared/flink/manifests/pod-template/pod-template.ts';
import { renderPythonSources } from '#shared/flink/manifests/mounts/python-sources.ts';
import { findRepeatedNames } from '#shared/flink/manifests/pod-template/repeated-names.ts';
import { preferCallersAccount } from '#shared/flink/manifests/pod-template/service-account.ts';
import { renderTaskManagerPod } from './task-manager-pod.ts';
import { renderInternalService, renderRestService } from './services.ts';
import { findWarnings, limitWarnings } from './warnings.ts';

export interface ClusterManifests extends Manifests {
  /** The whole configuration, with the source of each value. */
  readonly config: Readonly<Record<string, { readonly value: Value; readonly from: ConfigSource }>>;
  /** Settings that are valid and probably not intended. */
  readonly warnings: readonly string[];
  readonly resources: Resources;
  /** The pod of a TaskManager, which the JobManager creates. */
  readonly taskManagerPod: V1PodTemplateSpec;
  readonly flinkVersion: FlinkVersion;
}

/**
 * The objects of a cluster, as Flink's own client creates them.
 *
 * @throws Fault `refused-option` with every field error of the input.
 * @see Flink 2.2 `KubernetesClusterDescriptor`, `KubernetesJobManagerFactory`
 */
export const renderCluster = (given: ClusterInput): ClusterManifests => {
  const flinkVersion = resolveFlinkVersion(given);
  const input = { ...preferCallersAccount(given), flinkVersion };
  const resolved = resolveConfig(input);
  const config = { ...resolved.config, ...toKerberosConfig(resolved.config, input.kerberos) };
  assertNoFieldErrors(nameSettings(findFieldErrors(input, omitLaterOptions(config, flinkVersion)), input.job));
  const manifests = renderObjects(input, config, flinkVersion);
  const { podTemplates: templates } = input;
  const { spec } = manifests.deployment.spec?.template ?? {};
  if (spec !== undefined)
    assertNoFieldErrors(
      nameSettings(
        [...findRepeatedNames(spec, { config, templates }), ...findMissingVolumes(spec, templates)],
        input.job,
      ),
    );
  return {
    ...manifests,
    config: describeConfig(config, resolved.sources),
    warnings: limitWarnings([
      ...findVersionWarnings(findImage(given) ?? '', given.flinkVersion),
      ...findWarnings(input, { config, layers: resolved.layers, flinkVersion }),
      ...findMissingVolumeWarnings(spec, templates),
    ]),
    resources: computeResources(input, manifests.deployment, withDynamicProperties(config, flinkVersion)),
    flinkVersion,
  };
};

/** @param resolved The resolved configuration, without field errors. */
const renderObjects = (
  input: ClusterInput,
  resolved: Config,
  flinkVersion: FlinkVersion,
): Manifests & Pick<ClusterManifests, 'taskManagerPod'> => {
  const { clusterId, namespace, mode, podTemplates } = input;
  const config = omitLaterOptions(resolved, flinkVersion);
  const cluster = { clusterId, namespace, config };
  const files = renderConfigurationFiles(input, flinkVersion, resolved);
  assertFitsConfigMap(files, resolved);
  const hadoop = renderHadoopMount({ ...cluster, hadoop: input.hadoop });
  const kerberos = renderKerberosMount({ ...cluster, kerberos: input.kerberos });
  const podTemplate = renderPodTemplateMount({ clusterId, namespace, podTemplates });
  const pythonSources = renderPythonSources(input);
  const pod: DeploymentInput = {
    ...cluster,
    mode,
    template: selectTemplate(podTemplates, 'jobmanager'),
    defaultImage: getDefaultImage(flinkVersion),
    files: Object.keys(files),
    mounts: {
      before: [...toClaimMounts(config), ...hadoop.mounts, ...kerberos.mounts],
      after: [...podTemplate.mounts, ...pythonSources.mounts],
    },
  };
  return {
    deployment: renderDeployment(pod),
    taskManagerPod: renderTaskManagerPod({
      ...pod,
      config: withDynamicProperties(config, flinkVersion),
      template: selectTemplate(podTemplates, 'taskmanager'),
    }),
    dependents: [
      ...(isHighlyAvailable(config) ? [] : [renderInternalService(cluster)]),
      renderRestService(cluster),
      ...hadoop.objects,
      ...kerberos.objects,
      renderConfigMap({ clusterId, namespace, files }),
      ...podTemplate.objects,
      ...pythonSources.objects,
    ],
  };
};

/** The configuration without the sources of its values. */
export const toConfig = ({ config }: Pick<ClusterManifests, 'config'>): Config =>
  Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key, value]));

/** The options in alphabetical order, with the source of each value. */
const describeConfig = (config: Config, sources: Readonly<Record<string, ConfigSource>>): ClusterManifests['config'] =>
  Object.fromEntries(
    Object.entries(config)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, value]) => [key, { value, from: sources[key] ?? 'drey' }]),
  );
