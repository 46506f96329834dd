import * as z from 'zod';

/** The key of a source in a ConfigMap. No path contains "..". */
export const toSourceKey = (path: string): string => path.replaceAll('/', '..');

/** @see Kubernetes, "ConfigMaps" */
const maxKeyLength = 253;

/** A ConfigMap holds the sources, and its keys have only these characters. */
const SourcePath = z
  .string()
  .max(200)
  .refine((path) => toSourceKey(path).length <= maxKeyLength, 'The path has too many folders. Use fewer.')
  .regex(
    /^(?!.*\.\.)[\w-][\w.-]*(\/[\w-][\w.-]*)*$/,
    'A path of a source has letters, digits, "_", "-", "." and "/". No part of it starts with ".", and it contains no "..".',
  );

const Source = z.union([z.string(), z.strictObject({ base64: z.base64() })]);
export type PythonSource = z.output<typeof Source>;

const Path = z.string().min(1).max(1_000);
const Paths = z.array(Path.regex(/^[^,]*$/, 'Flink separates paths with commas. A path contains none.'));

/** The paths that are also folders of other paths. */
const listFolders = (paths: readonly string[]): readonly string[] => {
  const folders = new Set(paths.flatMap((path) => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index))));
  return paths.filter((path) => folders.has(path));
};

/** A Python program, as the options of Flink's client describe it. */
export const PythonProgram = z
  .strictObject({
    file: Path.optional().meta({
      description: 'Python file with the program (`-py`): a file of the image, or a path of `sources`.',
      example: 'local:///opt/flink/usrlib/word_count.py',
    }),
    module: z
      .string()
      .regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/, 'A module looks like word_count or package.word_count.')
      .optional()
      .meta({ description: 'Module with the program, instead of `file` (`-pym`). `files` contains it.' }),
    files: Paths.optional().meta({
      description: 'Python files, folders and packages that the program imports (`-pyfs`, `python.files`).',
      example: ['s3://bucket/helpers.zip'],
    }),
    requirements: Path.optional().meta({
      description:
        'Requirements that TaskManagers install with pip; after #, the folder with the packages (`-pyreq`, `python.requirements`).',
      example: 'requirements.txt',
    }),
    archives: Paths.optional().meta({
      description: 'Archives to extract; after #, the name of the folder (`-pyarch`, `python.archives`).',
      example: ['s3://bucket/venv.zip#venv'],
    }),
    executable: Path.optional().meta({
      description: 'Python interpreter of the TaskManagers (`-pyexec`, `python.executable`).',
      example: 'venv/bin/python',
    }),
    clientExecutable: Path.optional().meta({
      description:
        'Python interpreter of the JobManager, which runs the program (`-pyclientexec`, `python.client.executable`).',
    }),
    pythonPath: Path.optional().meta({
      description: 'PYTHONPATH of the TaskManagers (`-pypath`, `python.pythonpath`).',
    }),
    sources: z
      .record(SourcePath, Source)
      .check(({ value, issues }) => {
        for (const path of listFolders(Object.keys(value)))
          issues.push({
            code: 'custom',
            path: [path],
            message: 'is a file, and also the folder of another source. Rename one of them.',
            input: value,
          });
      })
      .optional()
      .meta({
        description:
          'Files of the caller, by path: text, or base64 of any content. Drey mounts them into the JobManager. Together they have at most 1 MiB.',
        example: { 'word_count.py': "print('...')" },
      }),
  })
  .refine(({ file, module }) => (file === undefined) !== (module === undefined), 'Set either file or module.');
export type PythonProgram = Readonly<z.output<typeof PythonProgram>>;
