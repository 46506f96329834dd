import { isUtf8 } from 'node:buffer';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { Failure } from '#cli/api/failure.ts';
import type { PythonProgram } from '#cli/options/python.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import type { PythonSource } from '#events/programs/python.ts';
import { maxConfigMapBytes } from '#events/kubernetes/config-map.ts';

import { assertFileName, fileExists, type NamedFile, readBytes, isMissing, toFileFailure } from '#cli/input/files.ts';

type Sources = Readonly<Record<string, PythonSource>>;

interface Reader {
  readonly printNotice: (line: string) => void;
}

/**
 * Reads the files of this machine that a Python program names with relative paths. An absolute path is one of the image,
 * as it is for Flink's client.
 *
 * @returns The program with the content of the files, which it names by their paths among the sources.
 * @throws UsageError for a file that does not exist; Failure when the files are too large.
 */
export const readPythonSources = async (
  program: PythonProgram,
  { printNotice }: Reader,
): Promise<PythonProgram & { readonly sources?: Sources }> => {
  const { file, files, requirements, archives } = program;
  const found = new Map<string, NamedFile>();
  const add: Add = async (path, option) => {
    assertFileName({ file: path, option });
    if (!isLocal(path)) {
      if (path.startsWith('/') && (await fileExists(path)))
        printNotice(`WARN ${path} is a path in the image. To send the file of this machine, write a relative path.`);
      return path;
    }
    return addFiles({ file: path, option }, found);
  };
  const [addedFile, addedFiles, addedRequirements, addedArchives] = [
    file === undefined ? undefined : await add(file, '-py'),
    files === undefined ? undefined : await addEach(files, (one) => add(one, '-pyfs')),
    requirements === undefined ? undefined : await addRequirements(requirements, add),
    archives === undefined ? undefined : await addEach(archives, (archive) => addArchive(archive, add)),
  ];
  const sources = await readSources(found);
  return {
    ...program,
    ...(addedFile === undefined ? {} : { file: addedFile }),
    ...(addedFiles === undefined ? {} : { files: addedFiles }),
    ...(addedRequirements === undefined ? {} : { requirements: addedRequirements }),
    ...(addedArchives === undefined ? {} : { archives: addedArchives }),
    ...(found.size === 0 ? {} : { sources }),
  };
};

const packagesOption = 'the packages of -pyreq';

const folderOptions: ReadonlySet<string> = new Set(['-pyfs', packagesOption]);

/** Whether the path is relative, and has no scheme. */
const isLocal = (path: string): boolean => !/^([a-z][a-z0-9+.-]*:|\/)/i.test(path);

const addEach = async (
  paths: readonly string[],
  add: (path: string) => Promise<string>,
): Promise<readonly string[]> => {
  const added: string[] = [];
  for (const path of paths) added.push(await add(path));
  return added;
};

type Add = (path: string, option: string) => Promise<string>;

/** A folder with the packages follows the file. */
const addRequirements = async (requirements: string, add: Add): Promise<string> => {
  const [file = '', ...folders] = requirements.split('#');
  return [await add(file, '-pyreq'), ...(await addEach(folders, (one) => add(one, packagesOption)))].join('#');
};

/** The name of the folder follows the path of an archive. */
const addArchive = async (archive: string, add: Add): Promise<string> => {
  const [path = '', ...folder] = archive.split('#');
  return [await add(path, '-pyarch'), ...folder].join('#');
};

/** Adds a file, or the files of a folder. Returns its path among the sources. */
const addFiles = async ({ file: path, option }: NamedFile, found: Map<string, NamedFile>): Promise<string> => {
  const absolute = resolve(path);
  const name = basename(absolute);
  const status = await stat(absolute).catch((error: unknown) => {
    if (!isMissing(error)) throw toFileFailure({ file: path, option }, error);
  });
  if (status === undefined)
    throw new UsageError(
      `File ${path} of ${option} does not exist on this machine. The path of a file in the image is absolute: local:///opt/flink/usrlib/${name}`,
    );
  if (status.isDirectory() && !folderOptions.has(option))
    throw new UsageError(`${path} of ${option} is a folder. Name a file.`);
  const relative = status.isDirectory() ? await listFiles({ file: absolute, option }) : [''];
  for (const inside of relative) {
    const source = inside === '' ? name : `${name}/${inside}`;
    const from = join(absolute, inside);
    const other = found.get(source);
    if (other !== undefined && other.file !== from)
      throw new UsageError(`${other.file} and ${from} have the same name. Rename one of them.`);
    found.set(source, { file: from, option });
  }
  return name;
};

/** The files of a folder, without hidden ones and those that Python compiles. */
const listFiles = async (named: NamedFile): Promise<readonly string[]> => {
  const { file: folder, option } = named;
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw toFileFailure(named, error);
  });
  const visible = entries.filter(
    ({ name }) => !name.startsWith('.') && name !== '__pycache__' && !name.endsWith('.pyc'),
  );
  for (const entry of visible) if (entry.isSymbolicLink()) await assertFile(join(folder, entry.name));
  const nested = await Promise.all(
    visible.map(async (entry) =>
      entry.isDirectory()
        ? (await listFiles({ file: join(folder, entry.name), option })).map((inside) => `${entry.name}/${inside}`)
        : [entry.name],
    ),
  );
  return nested.flat();
};

/** A link to a folder may lead back to a folder that contains it. */
const assertFile = async (link: string): Promise<void> => {
  const status = await stat(link).catch(() => undefined); // reported below
  if (status === undefined) throw new UsageError(`${link} is a link to a file that does not exist. Remove it.`);
  if (status.isDirectory())
    throw new UsageError(`${link} is a link to a folder. Replace it with the folder, or name the folder in -pyfs.`);
};

const readSources = async (found: ReadonlyMap<string, NamedFile>): Promise<Sources> => {
  const sizes = await Promise.all(
    [...found.values()].map(async ({ file }) => ({ file, bytes: (await stat(file)).size })),
  );
  const bytes = sizes.reduce((sum, size) => sum + size.bytes, 0);
  const [largest] = sizes.toSorted((one, other) => other.bytes - one.bytes);
  if (bytes > maxConfigMapBytes)
    throw new Failure(
      `The Python files of this machine have ${bytes} bytes. Together they have at most ${maxConfigMapBytes}.`,
      {
        lines: [`The largest file is ${largest?.file ?? ''}.`],
        hint: 'Put large files into the image (local:///…), or where its file systems read them (s3://…).',
      },
    );
  const contents = await Promise.all(
    [...found].map(async ([source, named]) => [source, toSource(await readBytes(named))] as const),
  );
  return Object.fromEntries(contents);
};

const toSource = (content: Buffer): PythonSource =>
  isUtf8(content) && !content.includes(0) ? content.toString('utf8') : { base64: content.toString('base64') };
