import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';

import { Failure } from '#cli/api/failure.ts';
import type { Targets } from '#cli/api/responses.ts';
import { readUserFile, type UserFile, userFileOf } from '#cli/api/settings-files.ts';
import { addressOf, type Chosen, chosenApi, chosenRegion, chosenTarget, credentialsSource } from '#cli/api/settings.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { tableOf } from '#cli/output/table.ts';

import { type Context, contextOf, sourcesOf } from '../context.ts';

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
    const { api, at: target } = context.given;
    const given: Answers = {
      ...(api === undefined ? {} : { api }),
      ...(region === undefined ? {} : { region }),
      ...(target === undefined ? {} : { target }),
    };
    if (show && Object.keys(given).length > 0) throw new UsageError('--show changes nothing: say it alone.');
    const asks = !show && Object.keys(given).length === 0 && isInteractive(context);
    const answers = asks ? await ask(context) : given;
    if (Object.keys(answers).length > 0) await keep(answers, context);
    await print(context);
    if (asks) await tryOut(context);
  },
});

const isInteractive = ({ io, json }: Context) => io.stdin.isTTY === true && io.stderr.isTTY === true && !json;

const questions: Readonly<Record<Setting, string>> = {
  api: 'Address of the API',
  region: 'AWS region, where the address does not say it',
  target: 'Target to deploy to',
};

/** Asks for each; what is only typed Enter to stays. */
const ask = async ({ io, signal, note }: Context): Promise<Answers> => {
  const now = readUserFile(io.env);
  note('Enter leaves a setting as it is, - forgets it.');
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
const keep = async (answers: Answers, { io }: Context): Promise<void> => {
  if (answers.api !== undefined && answers.api !== '') addressOf(answers.api);
  const path = userFileOf(io.env);
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
const print = async (context: Context): Promise<void> => {
  const sources = sourcesOf({}, context.io);
  const api = chosenApi(sources);
  const url = api === undefined ? null : URL.parse(api.value);
  const rows: Readonly<Record<string, Chosen | undefined>> = {
    api,
    region: url === null ? undefined : chosenRegion(url, sources),
    target: chosenTarget(sources),
    credentials: url === null ? undefined : { value: '(not shown)', from: credentialsSource(url, sources) },
  };
  if (context.json) return context.printJson({ file: userFileOf(context.io.env), settings: rows });
  context.print(
    await tableOf(
      ['SETTING', 'VALUE', 'FROM'],
      Object.entries(rows).map(([name, chosen]) => [name, chosen?.value ?? '(not set)', chosen?.from ?? '']),
    ),
  );
};

/** Says whether the API answers. That it does not yet is no failure of what was configured. */
const tryOut = async ({ io, note }: Context): Promise<void> => {
  try {
    const { targets } = await contextOf({}, io).api.get<Targets>('/v1/targets');
    note(`The API answers; its targets: ${targets.map(({ name }) => name).join(', ') || 'none yet'}.`);
  } catch (error) {
    if (!(error instanceof Failure) || io.signal.aborted) throw error;
    note([error.message, ...error.lines, error.hint].filter(Boolean).join('\n'));
  }
};
