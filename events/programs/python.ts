import * as z from 'zod';

/** The longest name of a file in Linux. */
const maxNameBytes = 255;

/** A path that Kubernetes mounts from a ConfigMap. It keeps names with `..` at the start for itself. */
const SourcePath = z
  .string()
  .max(200)
  .regex(
    /^(?!\.\.)(?!(.*\/)?\.{0,2}(\/|$))[^\p{Cc}\p{Cs}]*$/u,
    'A path of a source is relative, as lib/words.py. It has no part that is empty, "." or "..", does not start with "..", and has no control characters.',
  )
  .refine(
    (path) => path.split('/').every((name) => Buffer.byteLength(name) <= maxNameBytes),
    `A name in the path has more than ${maxNameBytes} bytes. Use a shorter one.`,
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
      .max(1_000)
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
