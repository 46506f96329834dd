import type { FieldError } from '#events/problems/problem.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { readOption, toFieldError } from '#shared/flink/options.ts';

import { type MountedFiles, noFiles, renderFilesConfigMap, toItems } from './mounts.ts';

export interface Kerberos {
  readonly keytab?: { readonly name: string; readonly base64: string } | undefined;
  readonly krb5Conf?: string | undefined;
}

interface KerberosInput {
  readonly clusterId: string;
  readonly namespace: string;
  /** Options under their current keys. */
  readonly config: Config;
  readonly kerberos?: Kerberos | undefined;
}

const keytabFolder = '/opt/kerberos/kerberos-keytab';
const krb5File = 'krb5.conf';
const keytabKey = 'security.kerberos.login.keytab';
const principalKey = 'security.kerberos.login.principal';
const krb5PathKey = 'security.kerberos.krb5-conf.path';

/** Mounts the keytab and krb5.conf. Flink sets no labels on their objects. @see Flink 2.2 `KerberosMountDecorator` */
export const renderKerberosMount = ({ clusterId, namespace, config, kerberos = {} }: KerberosInput): MountedFiles => {
  if (!readOption(config, 'kubernetes.decorator.kerberos-mount.enabled')) return noFiles;
  const { keytab, krb5Conf } = kerberos;
  const files = [
    ...(keytab === undefined ? [] : [renderKeytab(keytab, clusterId, namespace)]),
    ...(krb5Conf === undefined ? [] : [renderKrb5Conf(krb5Conf, clusterId, namespace)]),
  ];
  return { mounts: files.flatMap(({ mounts }) => mounts), objects: files.flatMap(({ objects }) => objects) };
};

const renderKeytab = (
  { name, base64 }: NonNullable<Kerberos['keytab']>,
  clusterId: string,
  namespace: string,
): MountedFiles => {
  const secretName = `kerberos-keytab-${clusterId}`;
  return {
    mounts: [{ volume: { name: 'kerberos-keytab-volume', secret: { secretName } }, mountPath: keytabFolder }],
    objects: [
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: secretName, namespace }, data: { [name]: base64 } },
    ],
  };
};

const renderKrb5Conf = (text: string, clusterId: string, namespace: string): MountedFiles => {
  const name = `kerberos-krb5conf-${clusterId}`;
  const volume = { name: 'kerberos-krb5conf-volume', configMap: { name, items: toItems([krb5File]) } };
  return {
    mounts: [{ volume, mountPath: `/etc/${krb5File}`, subPath: krb5File }],
    objects: [renderFilesConfigMap(name, namespace, { [krb5File]: text })],
  };
};

/** The options that name the mounted files. A path of krb5.conf that the caller set is not changed. */
export const toKerberosConfig = (config: Config, { keytab, krb5Conf }: Kerberos = {}): Config => {
  if (isMountDisabled(config)) return {};
  return {
    ...(keytab === undefined ? {} : { [keytabKey]: `${keytabFolder}/${keytab.name}` }),
    ...(krb5Conf === undefined || Object.hasOwn(config, krb5PathKey) ? {} : { [krb5PathKey]: `/etc/${krb5File}` }),
  };
};

/**
 * What is wrong with the Kerberos options.
 *
 * Without these checks, Flink mounts a Secret or a ConfigMap that does not exist, and the pod never starts.
 */
export const findKerberosErrors = (config: Config, { keytab, krb5Conf }: Kerberos = {}): readonly FieldError[] => {
  if (isMountDisabled(config)) return [];
  const isSet = (key: string) => toText(config[key] ?? '').trim() !== '';
  const krb5Path = toText(config[krb5PathKey] ?? '').trim();
  const [hasKeytab, hasPrincipal] = [keytab !== undefined || isSet(keytabKey), isSet(principalKey)];
  const errors: FieldError[] = [];
  if (hasKeytab !== hasPrincipal)
    errors.push(
      toFieldError(
        hasKeytab ? principalKey : keytabKey,
        'either both keytab and principal must be defined, or neither',
      ),
    );
  if (keytab === undefined && isSet(keytabKey) && hasPrincipal) errors.push(toFieldError(keytabKey, missingFile));
  if (krb5Conf === undefined && krb5Path !== '') errors.push(toFieldError(krb5PathKey, missingFile));
  // TaskManagers mount the file under the name that this option ends with.
  if (krb5Conf !== undefined && krb5Path !== '' && krb5Path.split('/').at(-1) !== krb5File)
    errors.push(toFieldError(krb5PathKey, `the file must be named ${krb5File}`));
  return errors;
};

/** The option is read as text, because these functions also run on configurations that are not yet valid. */
const isMountDisabled = (config: Config): boolean =>
  toText(config['kubernetes.decorator.kerberos-mount.enabled'] ?? 'true').toLowerCase() === 'false';

const missingFile =
  'the content of the file is missing; check the path, or send the content as `kerberos` in the API. If the image contains the file, set kubernetes.decorator.kerberos-mount.enabled=false';
