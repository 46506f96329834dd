import type { V1ConfigMap, V1Secret } from '@kubernetes/client-node';
import { stringify } from 'yaml';

import type { FieldError } from '#events/problem.ts';

import { type Config, toText } from './config.ts';
import type { Mount } from './deployment.ts';
import { getCommonLabels } from './names.ts';
import { readOption, toFieldError } from './options.ts';
import { type PodTemplates, selectTaskManagerTemplate } from './pod-template.ts';

/** What is mounted beside the configuration, and the objects that hold it. */
export interface MountedFiles {
  readonly mounts: readonly Mount[];
  readonly objects: readonly (V1ConfigMap | V1Secret)[];
}

export interface Kerberos {
  readonly keytab?: { readonly name: string; readonly base64: string } | undefined;
  readonly krb5Conf?: string | undefined;
}

interface MountInput {
  readonly clusterId: string;
  readonly namespace: string;
  /** Under current keys. */
  readonly config: Config;
  readonly podTemplates?: PodTemplates | undefined;
  readonly hadoop?: Readonly<Partial<Record<string, string>>> | undefined;
  readonly kerberos?: Kerberos | undefined;
}

const nothing: MountedFiles = { mounts: [], objects: [] };
const keytabFolder = '/opt/kerberos/kerberos-keytab';
const krb5File = 'krb5.conf';

/**
 * A Hadoop configuration: of the caller's, or a ConfigMap that is there.
 *
 * @see Flink 2.2 `HadoopConfMountDecorator`
 */
export const renderHadoopMount = ({ clusterId, namespace, config, hadoop = {} }: MountInput): MountedFiles => {
  const existing = readOption(config, 'kubernetes.hadoop.conf.config-map.name');
  const files = dropUndefined(hadoop);
  if (!readOption(config, 'kubernetes.decorator.hadoop-conf-mount.enabled')) return nothing;
  if (existing === undefined && Object.keys(files).length === 0) return nothing;
  const name = existing ?? `hadoop-config-${clusterId}`;
  const items = existing === undefined ? { items: toItems(Object.keys(files)) } : {};
  return {
    mounts: [
      {
        volume: { name: 'hadoop-config-volume', configMap: { name, ...items } },
        mountPath: '/opt/hadoop/conf',
        env: { name: 'HADOOP_CONF_DIR', value: '/opt/hadoop/conf' },
      },
    ],
    objects: existing === undefined ? [renderConfigMapOfFiles(name, namespace, files, getCommonLabels(clusterId))] : [],
  };
};

/** Keytab and krb5.conf. Flink puts no labels on them. @see Flink 2.2 `KerberosMountDecorator` */
export const renderKerberosMount = ({ clusterId, namespace, config, kerberos = {} }: MountInput): MountedFiles => {
  if (!readOption(config, 'kubernetes.decorator.kerberos-mount.enabled')) return nothing;
  const { keytab, krb5Conf } = kerberos;
  const secret = `kerberos-keytab-${clusterId}`;
  const krb5 = `kerberos-krb5conf-${clusterId}`;
  return {
    mounts: [
      ...(keytab === undefined
        ? []
        : [{ volume: { name: 'kerberos-keytab-volume', secret: { secretName: secret } }, mountPath: keytabFolder }]),
      ...(krb5Conf === undefined
        ? []
        : [
            {
              volume: { name: 'kerberos-krb5conf-volume', configMap: { name: krb5, items: toItems([krb5File]) } },
              mountPath: `/etc/${krb5File}`,
              subPath: krb5File,
            },
          ]),
    ],
    objects: [
      ...(keytab === undefined
        ? []
        : [
            {
              apiVersion: 'v1',
              kind: 'Secret',
              metadata: { name: secret, namespace },
              data: { [keytab.name]: keytab.base64 },
            },
          ]),
      ...(krb5Conf === undefined ? [] : [renderConfigMapOfFiles(krb5, namespace, { [krb5File]: krb5Conf })]),
    ],
  };
};

/** What the mounted files are called in the configuration. The TaskManagers' mount goes by the name of krb5.conf. */
export const toKerberosConfig = (config: Config, { keytab, krb5Conf }: Kerberos = {}): Config => {
  if (toText(config['kubernetes.decorator.kerberos-mount.enabled'] ?? 'true').toLowerCase() === 'false') return {};
  return {
    ...(keytab === undefined ? {} : { 'security.kerberos.login.keytab': `${keytabFolder}/${keytab.name}` }),
    ...(krb5Conf === undefined || Object.hasOwn(config, 'security.kerberos.krb5-conf.path')
      ? {}
      : { 'security.kerberos.krb5-conf.path': `/etc/${krb5File}` }),
  };
};

/** Flink would mount a Secret or ConfigMap that nobody makes: the pod would wait for it for ever. */
export const findKerberosErrors = (config: Config, { keytab, krb5Conf }: Kerberos = {}): readonly FieldError[] => {
  if (toText(config['kubernetes.decorator.kerberos-mount.enabled'] ?? 'true').toLowerCase() === 'false') return [];
  const set = (key: string) => toText(config[key] ?? '').trim() !== '';
  const krb5Path = toText(config['security.kerberos.krb5-conf.path'] ?? '').trim();
  const mistakes: FieldError[] = [];
  const [hasKeytab, hasPrincipal] = [
    keytab !== undefined || set('security.kerberos.login.keytab'),
    set('security.kerberos.login.principal'),
  ];
  if (hasKeytab !== hasPrincipal)
    mistakes.push(
      toFieldError(
        hasKeytab ? 'security.kerberos.login.principal' : 'security.kerberos.login.keytab',
        'either both keytab and principal must be defined, or neither',
      ),
    );
  if (keytab === undefined && set('security.kerberos.login.keytab') && set('security.kerberos.login.principal'))
    mistakes.push(toFieldError('security.kerberos.login.keytab', `there is no such file here; ${inImage}`));
  if (krb5Conf === undefined && krb5Path !== '')
    mistakes.push(toFieldError('security.kerberos.krb5-conf.path', `there is no such file here; ${inImage}`));
  if (krb5Conf !== undefined && krb5Path !== '' && krb5Path.split('/').at(-1) !== krb5File)
    mistakes.push(toFieldError('security.kerberos.krb5-conf.path', `the file has to be called ${krb5File}`));
  return mistakes;
};

const inImage =
  'give its content (`kerberos` in the API), or set kubernetes.decorator.kerberos-mount.enabled=false where the image has it';

/** The template from which the JobManager makes TaskManagers. @see Flink 2.2 `PodTemplateMountDecorator` */
export const renderPodTemplateMount = ({ clusterId, namespace, podTemplates }: MountInput): MountedFiles => {
  const template = selectTaskManagerTemplate(podTemplates);
  if (template === undefined) return nothing;
  const name = `pod-template-${clusterId}`;
  const file = 'taskmanager-pod-template.yaml';
  const text =
    podTemplates?.taskmanagerText ?? stringify({ apiVersion: 'v1', kind: 'Pod', ...template }, { lineWidth: 0 });
  return {
    mounts: [
      {
        volume: { name: 'pod-template-volume', configMap: { name, items: toItems([file]) } },
        mountPath: '/opt/flink/pod-template',
      },
    ],
    objects: [renderConfigMapOfFiles(name, namespace, { [file]: text }, getCommonLabels(clusterId))],
  };
};

const toItems = (files: readonly string[]) => files.map((file) => ({ key: file, path: file }));

const dropUndefined = (files: Readonly<Partial<Record<string, string>>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));

const renderConfigMapOfFiles = (
  name: string,
  namespace: string,
  data: Readonly<Record<string, string>>,
  labels?: Readonly<Record<string, string>>,
): V1ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, ...(labels === undefined ? {} : { labels }) },
  data,
});
