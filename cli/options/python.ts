import { UsageError } from './usage-error.ts';

/** Flink's options of a Python program. */
export interface PythonOptions {
  readonly python?: string;
  readonly pyModule?: string;
  readonly pyFiles?: string;
  readonly pyRequirements?: string;
  readonly pyArchives?: string;
  readonly pyExecutable?: string;
  readonly pyClientExecutable?: string;
  readonly pyPythonPath?: string;
}

/** Flags → description. */
export const pythonOptions = {
  '--python <file>': 'Python file with the program (also -py)',
  '--pyModule <module>': 'Python module with the program (also -pym)',
  '--pyFiles <paths>': 'files and packages that it imports (also -pyfs)',
  '--pyRequirements <file>': 'requirements to install with pip (also -pyreq)',
  '--pyArchives <paths>': 'archives to extract (also -pyarch)',
  '--pyExecutable <path>': 'Python of the TaskManagers (also -pyexec)',
  '--pyClientExecutable <path>': 'Python of the JobManager (also -pyclientexec)',
  '--pyPythonPath <path>': 'PYTHONPATH of the TaskManagers (also -pypath)',
} as const;

/** Flink's short names of these options. */
export const pythonShortNames = {
  py: 'python',
  pym: 'pyModule',
  pyfs: 'pyFiles',
  pyreq: 'pyRequirements',
  pyarch: 'pyArchives',
  pyexec: 'pyExecutable',
  pyclientexec: 'pyClientExecutable',
  pypath: 'pyPythonPath',
} as const satisfies Readonly<Record<string, keyof PythonOptions>>;

/** A Python program as the `job` of a deploy describes it, with the paths that the user typed. */
export interface PythonProgram {
  readonly file?: string;
  readonly module?: string;
  readonly files?: readonly string[];
  readonly requirements?: string;
  readonly archives?: readonly string[];
  readonly executable?: string;
  readonly clientExecutable?: string;
  readonly pythonPath?: string;
}

/** The options with the configuration that has the same effect for a jar. */
const dependencies = [
  ['pyFiles', '-pyfs', 'python.files'],
  ['pyRequirements', '-pyreq', 'python.requirements'],
  ['pyArchives', '-pyarch', 'python.archives'],
  ['pyExecutable', '-pyexec', 'python.executable'],
  ['pyClientExecutable', '-pyclientexec', 'python.client.executable'],
  ['pyPythonPath', '-pypath', 'python.pythonpath'],
] as const satisfies readonly (readonly [keyof PythonOptions, string, string])[];

/** The Python program of the options. Undefined for a jar. @throws UsageError for options that do not fit together. */
export const parsePython = (options: PythonOptions): PythonProgram | undefined => {
  const { python: file, pyModule: module, pyFiles, pyRequirements, pyArchives } = options;
  const { pyExecutable: executable, pyClientExecutable: clientExecutable, pyPythonPath: pythonPath } = options;
  if (file !== undefined && module !== undefined)
    throw new UsageError('Cannot use options -py and -pym simultaneously.');
  if (file === undefined && module === undefined) {
    const given = dependencies.find(([name]) => options[name] !== undefined);
    if (given !== undefined)
      throw new UsageError(`${given[1]} requires -py or -pym. For a jar, set -D${given[2]}=<value>.`);
    return undefined;
  }
  return {
    ...(file === undefined ? {} : { file }),
    ...(module === undefined ? {} : { module }),
    ...(pyFiles === undefined ? {} : { files: pyFiles.split(',') }),
    ...(pyRequirements === undefined ? {} : { requirements: pyRequirements }),
    ...(pyArchives === undefined ? {} : { archives: pyArchives.split(',') }),
    ...(executable === undefined ? {} : { executable }),
    ...(clientExecutable === undefined ? {} : { clientExecutable }),
    ...(pythonPath === undefined ? {} : { pythonPath }),
  };
};
