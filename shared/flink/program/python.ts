import type { PythonJob } from '#events/programs/application-job.ts';
import type { PythonProgram } from '#events/programs/python.ts';
import type { FieldError } from '#events/problems/problem.ts';
import type { Config } from '#shared/flink/config.ts';

import { describeUri, fileSystems, schemeOf } from './uri.ts';

/** Where the JobManager finds the sources that the caller sent. */
export const sourceFolder = '/opt/flink/python';

/** @see Flink 2.2 `PythonDriver` */
const driver = 'org.apache.flink.client.python.PythonDriver';

/**
 * The options of a Python program, as Flink's client sets them.
 *
 * @see Flink 2.2 `PythonProgramOptions`, `PythonDependencyUtils`
 */
export const toPythonConfig = ({ python, args }: PythonJob): Config => {
  const { file, module, files, requirements, archives, executable, clientExecutable, pythonPath } = python;
  const entry = file === undefined ? ['--pyModule', module ?? ''] : ['--python', toJobManagerPath(file)];
  return {
    '$internal.application.main': driver,
    '$internal.application.program-args': [...entry, ...protectArgs(args)],
    ...(files === undefined ? {} : { 'python.files': files.map(toJobManagerPath).join(',') }),
    ...(requirements === undefined ? {} : { 'python.requirements': mapParts(requirements, [true, true]) }),
    ...(archives === undefined
      ? {}
      : { 'python.archives': archives.map((archive) => mapParts(archive, [true, false])).join(',') }),
    ...(executable === undefined ? {} : { 'python.executable': executable }),
    ...(clientExecutable === undefined ? {} : { 'python.client.executable': clientExecutable }),
    ...(pythonPath === undefined ? {} : { 'python.pythonpath': pythonPath }),
  };
};

/**
 * The first argument belongs to the driver if it looks like an option of it. After `--`, all arguments are the program's.
 *
 * @see Flink 2.2 `PythonDriverOptionsParserFactory`, which parses with Commons CLI
 */
const protectArgs = (args: readonly string[]): readonly string[] =>
  /^(--$|--p(=|$)|--?py)/.test(args[0] ?? '') ? ['--', ...args] : args;

/** The parts around the first `#`, of which some are paths. */
const mapParts = (text: string, arePaths: readonly boolean[]): string =>
  splitParts(text)
    .map((part, index) => (arePaths[index] === true ? toJobManagerPath(part) : part))
    .join('#');

const splitParts = (text: string): readonly string[] => {
  const at = text.indexOf('#');
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};

/** A path in the image without its scheme, which Python cannot read. Other paths stay. */
const toImagePath = (path: string): string => path.replace(/^(local|file):(\/\/)?(?=\/)/i, '');

/** A relative path is one of a source. */
const isSourcePath = (path: string): boolean => schemeOf(path) === undefined && !path.startsWith('/');

const toSourcePath = (path: string): string => path.replace(/^(\.\/+)+/, '').replace(/(?<!\/)\/+$/, '');

const toJobManagerPath = (path: string): string =>
  isSourcePath(path) ? `${sourceFolder}/${toSourcePath(path)}` : toImagePath(path);

/** What prevents the JobManager from reading the files of a Python program. */
export const findPythonErrors = ({ python }: PythonJob): readonly FieldError[] => {
  const { file, files = [], requirements, archives = [] } = python;
  const paths = [
    ...(file === undefined ? [] : [['file', file] as const]),
    ...files.map((path, index) => [`files/${index}`, path] as const),
    ...(requirements === undefined ? [] : splitParts(requirements).map((path) => ['requirements', path] as const)),
    ...archives.map((archive, index) => [`archives/${index}`, splitParts(archive)[0] ?? ''] as const),
  ];
  return paths.flatMap(([member, path]) => {
    const detail = findEntryError(member, path) ?? findPathError(path, python);
    return detail === undefined ? [] : [{ pointer: `/job/python/${member}`, detail }];
  });
};

/** Python itself opens the file of the program, and has no file systems. */
const findEntryError = (member: string, path: string): string | undefined => {
  if (member !== 'file') return undefined;
  if (!path.endsWith('.py')) return `${describeUri(path)} must end with .py; use module for another program`;
  const scheme = schemeOf(path);
  const name = path.slice(path.lastIndexOf('/') + 1, -'.py'.length);
  return scheme !== undefined && fileSystems.has(scheme)
    ? `${describeUri(path)} is not in the image, and Python cannot open it; write module: ${name} and files: [${describeUri(path)}] (-pym ${name} -pyfs ${describeUri(path)})`
    : undefined;
};

const findPathError = (path: string, { sources = {} }: PythonProgram): string | undefined => {
  const scheme = schemeOf(path);
  if (scheme === 'local' || scheme === 'file')
    return toImagePath(path) === path
      ? `${describeUri(path)} does not name a file; write for example local:///opt/file`
      : undefined;
  if (scheme !== undefined)
    return fileSystems.has(scheme)
      ? undefined
      : `${describeUri(path)} has the scheme ${scheme}, which Flink does not read for Python; use local:///… or a file system of the image such as s3://…`;
  if (path.startsWith('/')) return undefined;
  const source = toSourcePath(path);
  const isSent = Object.keys(sources).some((name) => name === source || name.startsWith(`${source}/`));
  return isSent
    ? undefined
    : `${describeUri(path)} is not in sources; send its content there, or write a path in the image (local:///…)`;
};
