import { basename } from 'node:path';

import type { Config } from '#shared/flink/config.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';

import { isDisabled, textOption } from '#cli/input/config.ts';
import { readBytes, readText } from '#cli/input/files.ts';

export const readKerberos = async (config: Config): Promise<Pick<ClusterInput, 'kerberos'>> => {
  if (isDisabled(config, 'kubernetes.decorator.kerberos-mount.enabled')) return {};
  const [keytab, krb5Conf] = await Promise.all([readKeytab(config), readKrb5Conf(config)]);
  if (keytab === undefined && krb5Conf === undefined) return {};
  return { kerberos: { ...(keytab === undefined ? {} : { keytab }), ...(krb5Conf === undefined ? {} : { krb5Conf }) } };
};

export const keytabOption = 'security.kerberos.login.keytab';

export const krb5Option = 'security.kerberos.krb5-conf.path';

/** A missing file is not an error here: the renderer reports it with the alternatives. */
const readKeytab = async (config: Config) => {
  const file = textOption(config, keytabOption);
  if (file === undefined || textOption(config, 'security.kerberos.login.principal') === undefined) return undefined;
  const bytes = await readBytes(file);
  return bytes === undefined ? undefined : { name: basename(file), base64: bytes.toString('base64') };
};

const readKrb5Conf = async (config: Config): Promise<string | undefined> => {
  const file = textOption(config, krb5Option);
  return file === undefined ? undefined : readText(file);
};
