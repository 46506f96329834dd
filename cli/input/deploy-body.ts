import type { Context } from '#cli/context.ts';
import type { Queueing } from '#cli/options/drey-options.ts';
import type { PodTemplates } from '#shared/flink/manifests/pod-template.ts';
import type { FlinkVersion } from '#shared/flink/version.ts';

import { textIn } from './config.ts';
import { keytabOption, krb5Option } from './kerberos.ts';
import type { LocalInput } from './local-input.ts';
import { templateOptions } from './pod-templates.ts';

/** Options that only mean something on the machine that reads them. */
const ofThisMachine: ReadonlySet<string> = new Set([
  ...Object.values(templateOptions),
  'kubernetes.pod-template-file',
  'kubernetes.context',
]);

/** They have a place of their own in a request. */
const elsewhere: ReadonlySet<string> = new Set(['kubernetes.cluster-id', 'execution.target']);

/** What a deploy is asked for with: the members of its body that say what the cluster is. */
export interface DeployBody extends Pick<LocalInput, 'files' | 'hadoop' | 'kerberos'>, Queueing {
  readonly labels?: Readonly<Record<string, string>>;
  readonly lifetime?: Readonly<Record<string, string>>;
  readonly clusterId?: string;
  readonly config: Readonly<Record<string, string>>;
  readonly flinkVersion?: FlinkVersion;
  readonly onFailure?: 'remove' | 'keep';
  readonly podTemplates?: Omit<PodTemplates, 'taskmanagerText'>;
}

/** What is here as the API takes it: the folder below what the command line says, and no path of this machine. */
export const deployBody = async (
  {
    clusterId,
    config,
    flinkVersion,
    onFailure,
    queueing = {},
    labels = {},
    lifetime,
  }: Pick<Context, 'clusterId' | 'config' | 'flinkVersion' | 'onFailure'> &
    Partial<Pick<Context, 'queueing' | 'labels' | 'lifetime'>>,
  { folder = {}, files, podTemplates, hadoop, kerberos }: LocalInput,
): Promise<DeployBody> => {
  const [{ canonicalizeConfig }, { clientOnlyOptions, toText: valueText }] = await Promise.all([
    import('#shared/flink/options.ts'),
    import('#shared/flink/config.ts'),
  ]);
  const given = canonicalizeConfig(config);
  const below = Object.entries(canonicalizeConfig(folder)).filter(([key]) => !Object.hasOwn(given, key));
  const shipped = new Set([
    ...(kerberos?.keytab === undefined ? [] : [keytabOption]),
    ...(kerberos?.krb5Conf === undefined ? [] : [krb5Option]),
  ]);
  const sent = [...below.filter(([key]) => !elsewhere.has(key)), ...Object.entries(config)].filter(
    ([key]) => !ofThisMachine.has(key) && !clientOnlyOptions.has(key) && !shipped.has(key),
  );
  const id = clusterId ?? textIn(folder, 'kubernetes.cluster-id');
  const { taskmanagerText: _text, ...templates } = podTemplates ?? {};
  return {
    ...(id === undefined ? {} : { clusterId: id }),
    config: Object.fromEntries(sent.map(([key, value]) => [key, valueText(value)])),
    ...(files === undefined ? {} : { files }), // even none: then none are mounted
    ...(podTemplates === undefined ? {} : { podTemplates: templates }),
    ...(hadoop === undefined ? {} : { hadoop }),
    ...(kerberos === undefined ? {} : { kerberos }),
    ...(flinkVersion === undefined ? {} : { flinkVersion }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...queueing,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(lifetime === undefined ? {} : { lifetime }),
  };
};
