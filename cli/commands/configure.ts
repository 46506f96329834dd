import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';

import { Failure } from '#cli/api/failure.ts';
import type { Targets } from '#cli/api/responses.ts';
import { readUserFile, type UserFile, userFilePath } from '#cli/api/settings-files.ts';
import {
  parseApiUrl,
  type ResolvedSetting,
  resolveApi,
  resolveRegion,
  resolveTarget,
  describeCredentialsSource,
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
type Answers = Readonly<Partial<Record<Setting, string>>>;

export const configure = defineCommand<Options>({
  options: {
    '--region <name>': 'the AWS region of the API, where its address does not say it',
    '--show': 'show what is set, and by what',
  },
  examples: {
    'drey configure': 'asks for each setting; Enter leaves it as it is, - forgets it',
    'drey configure --api https://abc123.execute-api.eu-central-1.amazonaws.com --at etl':
      'without questions: the API, and the target to deploy to when nothing else says it',
    "drey configure --at ''": 'forget the target',
    'drey configure --show': 'what is set, and where from; never the credentials themselves',
  },
  run: async (context, _operands, { region, show = false }) => {
    const { api, at: target } = context.options;
    const given: Answers = {
      ...(api === undefined ? {} : { api }),
      ...(region === undefined ? {} : { region }),
      ...(target === undefined ? {} : { target }),
    };
    if (show && Object.keys(given).length > 0) throw new UsageError('--show changes nothing: say it alone.');
    const asks = !show && Object.keys(given).length === 0 && isInteractive(context);
    const answers = asks ? await askSettings(context) : given;
    if (Object.keys(answers).length > 0) await saveSettings(answers, context);
    await printSettings(context);
    if (asks) await checkConnection(context);
  },
});

const isInteractive = ({ io, json }: Context) => io.stdin.isTTY === true && io.stderr.isTTY === true && !json;

const questions: Readonly<Record<Setting, string>> = {
  api: 'Address of the API',
  region: 'AWS region, where the address does not say it',
  target: 'Target to deploy to',
};

/** Asks for each; what is only typed Enter to stays. */
const askSettings = async ({ io, signal, printNotice }: Context): Promise<Answers> => {
  const now = readUserFile(io.env);
  printNotice('Enter leaves a setting as it is, - forgets it.');
  const reader = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const answers: Partial<Record<Setting, string>> = {};
    for (const setting of settings) {
      const current = now[setting] === undefined ? '' : ` [${now[setting]}]`;
      const answer = (await reader.question(`${questions[setting]}${current}: `, { signal })).trim();
      if (answer !== '') answers[setting] = answer === '-' ? '' : answer;
    }
    return answers;
  } finally {
    reader.close();
  }
};

/** Writes what was answered over what was there. An empty one is forgotten. @throws UsageError for what is no address. */
const saveSettings = async (answers: Answers, { io }: Context): Promise<void> => {
  if (answers.api !== undefined && answers.api !== '') parseApiUrl(answers.api);
  const path = userFilePath(io.env);
  if (path === undefined)
    throw new Failure('There is no place for settings: neither XDG_CONFIG_HOME nor HOME is set.', {
      hint: 'Set one of them, or use DREY_API and DREY_TARGET.',
    });
  const merged = Object.entries<string | undefined>({ ...readUserFile(io.env), ...answers });
  const next: UserFile = Object.fromEntries(merged.filter(([, value]) => value !== ''));
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, `${JSON.stringify(next, undefined, 2)}\n`);
    await rename(`${path}.new`, path); // whole or not at all
  } catch (error) {
    throw new Failure(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
      hint: 'Look at the rights of its folder.',
      cause: error,
    });
  }
};

/** What holds now, flags aside: they are for the file. */
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

/** Says whether the API answers. That it does not yet is no failure of what was configured. */
const checkConnection = async ({ io, printNotice }: Context): Promise<void> => {
  try {
    const { targets } = await createContext({}, io).api.get<Targets>('/v1/targets');
    printNotice(`The API answers; its targets: ${targets.map(({ name }) => name).join(', ') || 'none yet'}.`);
  } catch (error) {
    if (!(error instanceof Failure) || io.signal.aborted) throw error;
    printNotice([error.message, ...error.lines, error.hint].filter(Boolean).join('\n'));
  }
};
