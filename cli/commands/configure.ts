import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';

import { Failure } from '#cli/api/failure.ts';
import type { Targets } from '#cli/api/responses.ts';
import { readUserFile, type UserFile, userFilePath } from '#cli/api/settings-files.ts';
import {
  describeCredentialsSource,
  parseApiUrl,
  resolveApi,
  type ResolvedSetting,
  resolveRegion,
  resolveTarget,
} from '#cli/api/settings.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { renderTable } from '#cli/output/table.ts';

import { type Context, createContext, settingsSources } from '../context.ts';

interface Options {
  readonly region?: string;
  readonly show?: boolean;
}

const settings = ['api', 'region', 'target'] as const;
type Setting = (typeof settings)[number];
type Settings = Readonly<Partial<Record<Setting, string>>>;

export const configure = defineCommand<Options>({
  options: {
    '--region <name>': 'AWS region of the API, if its URL does not contain it',
    '--show': 'show the settings and their sources',
  },
  examples: {
    'drey configure': 'prompt for each setting: Enter keeps the value, - removes it',
    'drey configure --api https://abc123.execute-api.eu-central-1.amazonaws.com --at etl':
      'set the API endpoint and the default target',
    "drey configure --at ''": 'remove the default target',
    'drey configure --show': 'show settings and sources, without credentials',
  },
  run: async (context, _operands, { region, show = false }) => {
    const { api, at: target } = context.options;
    const given: Settings = {
      ...(api === undefined ? {} : { api }),
      ...(region === undefined ? {} : { region }),
      ...(target === undefined ? {} : { target }),
    };
    if (show && Object.keys(given).length > 0)
      throw new UsageError('--show cannot be combined with settings. Run it alone.');
    const isPrompting = !show && Object.keys(given).length === 0 && isInteractive(context);
    const answers = isPrompting ? await askSettings(context) : given;
    if (Object.keys(answers).length > 0) await saveSettings(answers, context);
    await printSettings(context);
    if (isPrompting) await checkConnection(context);
  },
});

const isInteractive = ({ io, json }: Context) => io.stdin.isTTY === true && io.stderr.isTTY === true && !json;

const questions: Readonly<Record<Setting, string>> = {
  api: 'URL of the API',
  region: 'AWS region, if the URL does not contain it',
  target: 'Default target',
};

/** Prompts for each setting. An empty answer keeps the value. */
const askSettings = async ({ io, signal, printNotice }: Context): Promise<Settings> => {
  const current = readUserFile(io.env);
  printNotice('Press Enter to keep a value. Type - to remove it.');
  const reader = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const answers: Partial<Record<Setting, string>> = {};
    for (const setting of settings) {
      const suffix = current[setting] === undefined ? '' : ` [${current[setting]}]`;
      const answer = (await reader.question(`${questions[setting]}${suffix}: `, { signal })).trim();
      if (answer !== '') answers[setting] = answer === '-' ? '' : answer;
    }
    return answers;
  } finally {
    reader.close();
  }
};

/** Merges the settings into the settings file. An empty one is removed. @throws UsageError for an invalid endpoint. */
const saveSettings = async (answers: Settings, { io }: Context): Promise<void> => {
  if (answers.api !== undefined && answers.api !== '') parseApiUrl(answers.api);
  const path = userFilePath(io.env);
  if (path === undefined)
    throw new Failure('The settings cannot be saved, because neither XDG_CONFIG_HOME nor HOME is set.', {
      hint: 'Set one of them, or use DREY_API and DREY_TARGET.',
    });
  const merged = Object.entries<string | undefined>({ ...readUserFile(io.env), ...answers });
  const next: UserFile = Object.fromEntries(merged.filter(([, value]) => value !== ''));
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, `${JSON.stringify(next, undefined, 2)}\n`);
    await rename(`${path}.new`, path); // atomic: a reader sees the old or the new file
  } catch (error) {
    throw new Failure(
      `The settings file ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      {
        hint: 'Check the permissions of its folder.',
        cause: error,
      },
    );
  }
};

/** Prints the effective settings without the flags of this command, which only change the file. */
const printSettings = async (context: Context): Promise<void> => {
  const sources = settingsSources({}, context.io);
  const api = resolveApi(sources);
  const url = api === undefined ? null : URL.parse(api.value);
  const rows: Readonly<Record<string, ResolvedSetting | undefined>> = {
    api,
    region: url === null ? undefined : resolveRegion(url, sources),
    target: resolveTarget(sources),
    credentials: url === null ? undefined : { value: '(not shown)', from: describeCredentialsSource(url, sources) },
  };
  if (context.json) return context.printJson({ file: userFilePath(context.io.env), settings: rows });
  context.print(
    await renderTable(
      ['SETTING', 'VALUE', 'FROM'],
      Object.entries(rows).map(([name, chosen]) => [name, chosen?.value ?? '(not set)', chosen?.from ?? '']),
    ),
  );
};

/** Reports whether the API answers. A silent API does not invalidate the saved settings. */
const checkConnection = async ({ io, printNotice }: Context): Promise<void> => {
  try {
    const { targets } = await createContext({}, io).api.get<Targets>('/v1/targets');
    printNotice(`The API answers. Targets: ${targets.map(({ name }) => name).join(', ') || 'none'}.`);
  } catch (error) {
    if (!(error instanceof Failure) || io.signal.aborted) throw error;
    printNotice([error.message, ...error.lines, error.hint].filter(Boolean).join('\n'));
  }
};
