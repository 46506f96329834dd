import { basename } from 'node:path';

import { Failure } from '#cli/api/failure.ts';
import type { Config } from '#shared/flink/config.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';

import { isDisabled, textOption } from '#cli/input/config.ts';
import { type NamedFile, readBytes, readText } from '#cli/input/files.ts';

export const readKerberos = async (config: Config): Promise<Pick<ClusterInput, 'kerberos'>> => {
  if (isDisabled(config, 'kubernetes.decorator.kerberos-mount.enabled')) return {};
  const [keytab, krb5Conf] = await Promise.all([readKeytab(config), readKrb5Conf(config)]);
  if (keytab === undefined && krb5Conf === undefined) return {};
  return { kerberos: { ...(keytab === undefined ? {} : { keytab }), ...(krb5Conf === undefined ? {} : { krb5Conf }) } };
};

export const keytabOption = 'security.kerberos.login.keytab';

export const krb5Option = 'security.kerberos.krb5-conf.path';

const readKeytab = async (config: Config) => {
  const file = textOption(config, keytabOption);
  if (file === undefined || textOption(config, 'security.kerberos.login.principal') === undefined) return undefined;
  const bytes = await readMounted({ file, option: `-D${keytabOption}` }, readBytes);
  return { name: basename(file), base64: bytes.toString('base64') };
};

const readKrb5Conf = async (config: Config): Promise<string | undefined> => {
  const file = textOption(config, krb5Option);
  return file === undefined ? undefined : readMounted({ file, option: `-D${krb5Option}` }, readText);
};

/** @throws Failure with the way to use a file of the image. */
const readMounted = async <T>(named: NamedFile, read: (named: NamedFile) => Promise<T>): Promise<T> => {
  try {
    return await read(named);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const hint = 'If the image contains the file, set -Dkubernetes.decorator.kerberos-mount.enabled=false.';
    throw new Failure(error.message, { hint, cause: error });
  }
};
