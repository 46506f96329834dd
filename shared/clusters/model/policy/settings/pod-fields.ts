import { listKeysOfAllVersions } from '#shared/flink/option-names/canonical.ts';

import { commandFields } from './fields.ts';

const spec = 'podTemplates.spec';
const metadata = 'podTemplates.metadata';

/** The options that set a field of a pod, and the fields. The name in a map follows the field of a map. */
const fieldsByOption: readonly (readonly [option: RegExp, fields: readonly string[]])[] = [
  [/^kubernetes\.container\.image\.ref$/, [`${spec}.containers.image`]],
  [/^kubernetes\.container\.image\.pull-policy$/, [`${spec}.containers.imagePullPolicy`]],
  [/^kubernetes\.container\.image\.pull-secrets$/, [`${spec}.imagePullSecrets`]],
  [/^kubernetes\.((job|task)manager\.)?service-account$/, [`${spec}.serviceAccountName`, `${spec}.serviceAccount`]],
  [/^kubernetes\.(job|task)manager\.labels(?=\.|$)/, [`${metadata}.labels`]],
  [/^kubernetes\.(job|task)manager\.annotations(?=\.|$)/, [`${metadata}.annotations`]],
  [/^kubernetes\.(job|task)manager\.node-selector(?=\.|$)/, [`${spec}.nodeSelector`]],
  [/^kubernetes\.(job|task)manager\.tolerations$/, [`${spec}.tolerations`]],
  [/^kubernetes\.node-name-label$/, [`${spec}.affinity.nodeAffinity`]],
  [/^kubernetes\.hostnetwork\.enabled$/, [`${spec}.hostNetwork`, `${spec}.dnsPolicy`, `${spec}.containers.ports`]],
  [
    /^(containerized\.(master|taskmanager)\.env(\..*)?|kubernetes\.env\.secretKeyRef|kubernetes\.flink\.log\.dir)$/,
    [`${spec}.containers.env`],
  ],
  [/^kubernetes\.secrets(\..*)?$/, [`${spec}.volumes`, `${spec}.containers.volumeMounts`]],
  [/^kubernetes\.persistent-volume-claim/, [`${spec}.volumes`, `${spec}.containers.volumeMounts`]],
  [
    /^kubernetes\.(hadoop\.conf\.config-map\.name|decorator\.)/,
    [`${spec}.volumes`, `${spec}.containers.volumeMounts`, `${spec}.containers.env`],
  ],
  [/^(kubernetes\.flink\.conf\.dir|user\.artifacts\.base-dir)$/, [`${spec}.containers.volumeMounts`]],
  [
    /^(kubernetes\.(job|task)manager\.(cpu|memory)\.|(job|task)manager\.memory\.|taskmanager\.cpu\.cores$|external-resource)/,
    [`${spec}.containers.resources`],
  ],
  [/^(rest|jobmanager\.rpc|blob\.server|taskmanager\.rpc)\.port$/, [`${spec}.containers.ports`]],
  [/^kubernetes\.entry\.path$/, [`${spec}.containers.command`]],
  [/^kubernetes\.(job|task)manager\.entrypoint\.args$/, [`${spec}.containers.args`]],
  [/^kubernetes\.pod-template-file/, ['podTemplates']],
];

const isField = (option: string) => (entry: readonly [string, string | undefined]) => entry[1] === option;

/** The fields of a command with the effect of an option, under any of its names. */
export const listFieldsOf = (key: string): readonly string[] =>
  listKeysOfAllVersions(key).flatMap((name) => [
    ...Object.entries<string | undefined>(commandFields)
      .filter(isField(name))
      .map(([field]) => field),
    ...fieldsByOption.flatMap(([pattern, fields]) => {
      const [match] = pattern.exec(name) ?? [];
      return match === undefined ? [] : fields.map((field) => `${field}${name.slice(match.length)}`);
    }),
  ]);
