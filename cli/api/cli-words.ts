import { findOptionByPointer } from '#cli/options/drey-options.ts';

const optionsByPointer: Readonly<Record<string, string>> = {
  '/clusterId': '-Dkubernetes.cluster-id',
  '/mode': '--target',
  '/image': '-Dkubernetes.container.image.ref',
  '/entryClass': '-c',
  '/parallelism': '-p',
  '/classpaths': '-C',
  '/config': '-D',
  '/restore': '-n or --claimMode',
  '/restore/path': '-s',
  '/restore/claimMode': '--claimMode',
  '/restore/allowNonRestoredState': '-n',
  '/name': 'the name',
  '/job': 'the program',
  '/jar': 'the jar',
  '/args': 'the arguments of the program',
  '/sql': 'the script',
  '/sql/script': 'the script',
  '/sql/scriptUri': '-f',
  '/python': 'the Python program',
  '/python/file': '-py',
  '/python/module': '-pym',
  '/python/files': '-pyfs',
  '/python/requirements': '-pyreq',
  '/python/archives': '-pyarch',
  '/python/executable': '-pyexec',
  '/python/clientExecutable': '-pyclientexec',
  '/python/pythonPath': '-pypath',
  '/python/sources': 'the Python files',
  '/podTemplates': '-Dkubernetes.pod-template-file',
  '/podTemplates/default': '-Dkubernetes.pod-template-file.default',
  '/podTemplates/jobmanager': '-Dkubernetes.pod-template-file.jobmanager',
  '/podTemplates/taskmanager': '-Dkubernetes.pod-template-file.taskmanager',
  '/files': 'FLINK_CONF_DIR',
  '/hadoop': 'HADOOP_CONF_DIR',
  '/kerberos': '-Dsecurity.kerberos.login.keytab',
  '/kerberos/keytab': '-Dsecurity.kerberos.login.keytab',
  '/kerberos/krb5Conf': '-Dsecurity.kerberos.krb5-conf.path',
  '/lifetime': '-Ddrey.lifetime.…',
  '/snapshots': '-Ddrey.snapshots.…',
  '/directory': 'the directory of the savepoint',
  '/state': '--state',
  '/label': '--label',
  '/target': 'the target',
  '/operationId': 'the operation',
  '/jobId': 'the job',
};

/** `drey schedule` and `drey extend` have an option for each field: `--idle-after`. These have another name. */
const plainOptions: Readonly<Record<string, string>> = {
  '/action': '--stop or --deploy',
  '/expression': '--every',
  '/spec': '--deploy',
  '/enabled': '--disabled',
  '/selector': '--label, --mode or --all',
  '/selector/labels': '--label',
  '/selector/mode': '--mode',
  '/to': '--to-revision',
  '/allowNonRestoredState': '-n',
};

/** An apply has the members of a deploy, and some with an option of its own. */
const applyOptions: Readonly<Record<string, string>> = {
  '/planDigest': '--plan',
  '/ifRevision': '--if-revision',
  '/rollout/allowNonRestoredState': '-n',
};

const toPlainOption = (field: string): string | undefined =>
  /^\/[a-z]+$/i.test(field)
    ? `--${field.slice(1).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    : undefined;

const hasPlainOptions = (path: string): boolean =>
  /\/(extend|rollback|restart|suspend|resume|schedules\/[^/]+)$/.test(path);

/**
 * What the user typed for a field of the request: `-Dx` for `/config/x`, and `-pyfs` for `/job/python/files/0`.
 *
 * @param path The path of the request, by which fields with the same name differ.
 */
export const describePointer = (pointer: string, path = ''): string => {
  const plain = unescape(pointer);
  if (plain.startsWith('/config/')) return `-D${plain.slice('/config/'.length)}`;
  const findOption = hasPlainOptions(path) ? findPlainOption : findCommandOption;
  const field = pointer.replace(/^\/job(?=\/)/, '');
  const parts = field.split('/').slice(1);
  // The field itself, or the nearest one around it that has an option.
  for (let length = parts.length; length > 0; length -= 1) {
    const option = findOption(`/${parts.slice(0, length).join('/')}`);
    if (option === undefined) continue;
    const inside = parts.slice(length).filter((part, index) => index > 0 || !/^\d+$/.test(part));
    return inside.length === 0 ? option : `${option}, ${unescape(inside.join('.'))}`;
  }
  return plain;
};

/** @see RFC 6901, "JSON Pointer" */
const unescape = (pointer: string): string => pointer.replaceAll('~1', '/').replaceAll('~0', '~');

const findPlainOption = (field: string): string | undefined => plainOptions[field] ?? toPlainOption(field);

const findCommandOption = (field: string): string | undefined => {
  const option = findOptionByPointer(field);
  if (option !== undefined) return `-D${option}`;
  return optionsByPointer[field] ?? applyOptions[field] ?? findRolloutOption(field);
};

const findRolloutOption = (field: string): string | undefined =>
  field.startsWith('/rollout/') ? toPlainOption(field.slice('/rollout'.length)) : undefined;

/** Words of the API in descriptions of mistakes, and those of the command line. */
const wordsOfApi: readonly (readonly [RegExp, string])[] = [
  [/\brestore\.path \(-s PATH\)/g, '-s PATH'],
  [/\b(job\.)?restore\.path\b/g, '-s'],
  [/\b(job\.)?restore\.claimMode\b/g, '--claimMode'],
  [/\b(job\.)?restore\.allowNonRestoredState\b/g, '-n'],
  [/\b(job\.)?restore\.fromCluster\b/g, '-Ddrey.restore.from-cluster'],
  [/\b(job\.)?restore\.snapshot\b/g, '-Ddrey.restore.snapshot'],
  [/\brestore: \{fromCluster: ([^,}]+), job\}/g, '-Ddrey.restore.from-cluster=$1'],
  [/\b(Set|set) allowEmptyState\b/g, '$1 -Ddrey.restore.allow-empty-state=true'],
  [
    /\b(Set|set) only one of path, fromCluster and snapshot\b/g,
    '$1 only one of -s, -Ddrey.restore.from-cluster and -Ddrey.restore.snapshot',
  ],
  [/\bwrite module: (\S+) and files: \[[^\]]*\] \((-pym [^)]+)\)/g, 'write $2'],
  [/\buse module for another program\b/g, 'use -pym for another program'],
  [/\band set scriptUri\b/g, 'and name its URI in -f'],
  [/\bset allowFailed\b/g, 'add --allow-failed'],
  [/\bSet either script or scriptUri\b/g, 'Set either -f or --execute'],
  [/\bA SQL script has no entryClass and no args\b/g, 'A SQL script has no class and no arguments'],
];

/** The text of the API in words of the command line. */
export const translateWords = (text: string): string =>
  wordsOfApi.reduce((translated, [pattern, words]) => translated.replaceAll(pattern, words), text);
