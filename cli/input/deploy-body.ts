import type { Context } from '#cli/context.ts';
import type { RequestFields } from '#cli/options/request-fields.ts';
import type { PodTemplates } from '#shared/flink/manifests/pod-template/pod-template.ts';

import { textOption } from './config.ts';
import { keytabOption, krb5Option } from '#cli/input/mounts/kerberos.ts';
import type { LocalInput } from './local-input.ts';
import { templateOptions } from '#cli/input/mounts/pod-templates.ts';

/** Options that only have a meaning on this machine. */
const localOptions: ReadonlySet<string> = new Set([
  ...Object.values(templateOptions),
  'kubernetes.pod-template-file',
  'kubernetes.context',
]);

/** Options that are members of the body rather than of its `config`. */
const bodyMembers: ReadonlySet<string> = new Set(['kubernetes.cluster-id', 'execution.target']);

/** The body of a deploy without its mode and its program. */
export interface DeployBody extends Pick<LocalInput, 'files' | 'hadoop' | 'kerberos'> {
  readonly clusterId?: string;
  readonly config: Readonly<Record<string, string>>;
  readonly podTemplates?: Omit<PodTemplates, 'taskmanagerText'>;
}

/** The parts of `Context` that a deploy is made from. */
export interface DeployContext extends Pick<Context, 'clusterId' | 'config'> {
  readonly fields: { readonly deploy: RequestFields };
}

/** Merges the command line over the configuration folder. Paths of this machine are left out. */
export const buildDeployBody = async (
  { clusterId, config, fields }: DeployContext,
  { folder = {}, files, podTemplates, hadoop, kerberos }: LocalInput,
): Promise<DeployBody> => {
  const [{ listKeysOfAllVersions, withoutReplaced }, { clientOnlyOptions, toText: valueText }] = await Promise.all([
    import('#shared/flink/option-names/canonical.ts'),
    import('#shared/flink/config.ts'),
  ]);
  const fromFolder = Object.entries(withoutReplaced(folder, config));
  // The content of these files is sent instead of their paths.
  const contentOptions = new Set(
    [
      ...(kerberos?.keytab === undefined ? [] : [keytabOption]),
      ...(kerberos?.krb5Conf === undefined ? [] : [krb5Option]),
    ].flatMap(listKeysOfAllVersions),
  );
  const sent = [...fromFolder.filter(([key]) => !bodyMembers.has(key)), ...Object.entries(config)].filter(
    ([key]) => !localOptions.has(key) && !clientOnlyOptions.has(key) && !contentOptions.has(key),
  );
  const id = clusterId ?? textOption(folder, 'kubernetes.cluster-id');
  const { taskmanagerText: _text, ...templates } = podTemplates ?? {};
  return {
    ...(id === undefined ? {} : { clusterId: id }),
    config: Object.fromEntries(sent.map(([key, value]) => [key, valueText(value)])),
    ...(files === undefined ? {} : { files }), // an empty set mounts none
    ...(podTemplates === undefined ? {} : { podTemplates: templates }),
    ...(hadoop === undefined ? {} : { hadoop }),
    ...(kerberos === undefined ? {} : { kerberos }),
    ...fields.deploy,
  };
};
