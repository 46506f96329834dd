import podTypes from '#events/kubernetes/pod-types.json' with { type: 'json' };
import { restoreModeOptions, restorePathOption } from '#shared/flink/option-names/restore.ts';

/** The members of a deploy and a submit that a policy may deny, each with the option of the same meaning, if there is one. */
export const commandFields = {
  image: 'kubernetes.container.image.ref',
  files: undefined,
  hadoop: undefined,
  'kerberos.keytab': 'security.kerberos.login.keytab',
  'kerberos.krb5Conf': 'security.kerberos.krb5-conf.path',
  'job.jar': 'pipeline.jars',
  'job.sql.script': undefined,
  'job.sql.scriptUri': undefined,
  'job.python.file': undefined,
  'job.python.module': undefined,
  'job.python.files': 'python.files',
  'job.python.requirements': 'python.requirements',
  'job.python.archives': 'python.archives',
  'job.python.executable': 'python.executable',
  'job.python.clientExecutable': 'python.client.executable',
  'job.python.pythonPath': 'python.pythonpath',
  'job.python.sources': undefined,
  'job.entryClass': undefined,
  'job.args': undefined,
  'job.parallelism': 'parallelism.default',
  'job.classpaths': 'pipeline.classpaths',
  'job.restore.path': restorePathOption,
  'job.restore.fromCluster': restorePathOption,
  'job.restore.snapshot': restorePathOption,
  'job.restore.latest': restorePathOption,
  'job.restore.job': restorePathOption,
  'job.restore.allowEmptyState': undefined,
  'job.restore.claimMode': restoreModeOptions.claimMode,
  'job.restore.allowNonRestoredState': restoreModeOptions.allowNonRestoredState,
  restore: restorePathOption,
} as const satisfies Readonly<Record<string, string | undefined>>;

export type CommandField = keyof typeof commandFields;

const templateRoot = 'podTemplates';

const types: Readonly<Record<string, Readonly<Record<string, string>>>> = podTypes;

/** Whether the name is that of a field of a command, and not of an option. */
export const isFieldName = (name: string): boolean =>
  /^(podTemplates|image|files|hadoop|kerberos|job|restore)(\.|$)/.test(name);

/** Whether a command has such a field: one of the table, one around some of them, or a field of a pod. */
export const isKnownField = (name: string): boolean => {
  if (name === templateRoot || Object.keys(commandFields).some((field) => `${field}.`.startsWith(`${name}.`)))
    return true;
  const [root, ...steps] = name.split('.');
  return root === templateRoot && isPodField(steps);
};

/** The type of a field, or of the items of a list. */
const toItemType = (type: string): string => type.replace('!', '').replace('[]', '');

const isPodField = (steps: readonly string[]): boolean => {
  let type = 'Pod';
  for (const step of steps) {
    if (type.endsWith('{}')) return true; // The name of a label may have dots.
    const next = types[type]?.[step];
    if (next === undefined) return false;
    type = toItemType(next);
  }
  return true;
};

/** The fields that begin like a name, for a suggestion. */
export const listKnownFields = (name: string): readonly string[] => {
  const steps = name.split('.').slice(1, -1);
  if (!name.startsWith(`${templateRoot}.`)) return [templateRoot, ...Object.keys(commandFields)];
  let type = 'Pod';
  for (const step of steps) type = toItemType(types[type]?.[step] ?? '');
  return Object.keys(types[type] ?? {}).map((field) => [templateRoot, ...steps, field].join('.'));
};
