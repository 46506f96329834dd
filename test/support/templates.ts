import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { inject } from 'vitest';
import { isScalar, isSeq, parseDocument } from 'yaml';

import { root } from '#local/settings.ts';

import type { StageSettings } from '../../infra/stage-settings.ts';

const run = promisify(execFile);

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder of the templates that this run has compiled. */
    templates: string;
  }
}

const venv = join(root, '.local', 'template-venv');
/** The Python environment of the linter and of the list of IAM actions. */
export const python = {
  venv,
  run: (program: string, ...args: readonly string[]) => run(join(venv, 'bin', program), args),
};

const jwt: NonNullable<StageSettings['jwt']> = {
  issuer: 'https://login.example.org/',
  audience: ['drey'],
  claim: 'groups',
  rights: { operators: { '*': 'admin' }, etl: { etl: 'deploy', 'etl-*': 'read' } },
};

/** Stages of the template that tests compile, by their settings. */
export const templateSettings = {
  defaults: {},
  vpc: {
    vpc: {
      subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      securityGroupIds: ['sg-0123456789abcdef0'],
    },
  },
  tracing: { tracing: true, deletionProtection: true },
  rollout: {
    rollout: { type: 'Canary10Percent5Minutes' },
    alarms: { email: 'oncall@example.com' },
    reservedConcurrency: 20,
    startupConcurrency: 100,
  },
  jwt: { jwt },
  dashboard: {
    jwt,
    dashboard: {
      clientId: 'page',
      scope: 'openid',
      domain: {
        name: 'drey.example.org',
        certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000000',
      },
    },
  },
} as const satisfies Record<string, StageSettings>;
export type TemplateName = keyof typeof templateSettings;
export const templateNames = Object.keys(templateSettings) as TemplateName[]; // the keys of the table

export interface TemplateResource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
export interface Template {
  readonly file: string;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * The template of stage prod with these settings. The first test that asks for it compiles it for all tests of the run, as
 * `npm run build` does. The settings do not change the code of the functions, so that only the defaults bundle it.
 */
export const compileTemplate = async (name: TemplateName): Promise<Template> => {
  const folder = inject('templates');
  const file = join(folder, name, 'cloudformation-template-update-stack.json');
  const unlock = await lock(join(folder, 'lock'));
  try {
    const text = await readFile(file, 'utf8').catch(async () => {
      await packageStage(name, folder);
      return readFile(file, 'utf8');
    });
    const { Resources, Outputs } = JSON.parse(text) as {
      readonly Resources: Template['resources'];
      readonly Outputs: Template['outputs'];
    };
    return { file, resources: Resources, outputs: Outputs };
  } finally {
    await unlock();
  }
};

/** One test at a time compiles a template, because two runs of osls in one folder mix their files. The others wait for it. */
const lock = async (path: string): Promise<() => Promise<void>> => {
  const isLocked = () =>
    mkdir(path).then(
      () => true,
      () => false,
    );
  while (!(await isLocked())) await sleep(200);
  return () => rm(path, { recursive: true });
};

const packageStage = async (name: TemplateName, folder: string): Promise<void> => {
  const settings = join(folder, `${name}.yml`);
  await writeFile(settings, JSON.stringify(templateSettings[name]));
  const env = {
    ...process.env,
    DREY_STAGE_SETTINGS: settings,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const packageTo = (...options: readonly string[]) =>
    run(
      process.execPath,
      [
        'node_modules/osls/bin/serverless.js',
        'package',
        '--stage',
        'prod',
        '--package',
        join(folder, name),
        ...options,
      ],
      { cwd: root, env },
    );
  if (name === 'defaults') await packageTo();
  else await withoutCode(`${basename(folder)}-${name}`, (config) => packageTo('--config', config));
};

/** The smallest archive, which has no files. */
const emptyZip = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]);

/** Works with serverless.yml where an empty archive is the code of all functions. osls reads it only in the root of the project. */
const withoutCode = async (name: string, work: (config: string) => Promise<unknown>): Promise<void> => {
  const [config, artifact] = [`serverless.${name}.yml`, join(tmpdir(), `${name}.zip`)];
  const document = parseDocument(await readFile(join(root, 'serverless.yml'), 'utf8'), { logLevel: 'silent' });
  const plugins = document.get('plugins');
  if (!isSeq(plugins)) throw new Error('serverless.yml has no list of plugins.');
  plugins.items = plugins.items.filter((plugin) => !isScalar(plugin) || plugin.value !== 'serverless-esbuild');
  document.set('package', { artifact });
  await Promise.all([writeFile(artifact, emptyZip), writeFile(join(root, config), document.toString())]);
  try {
    await work(config);
  } finally {
    await Promise.all([rm(artifact), rm(join(root, config))]);
  }
};

/** The types in the template that have tags by the schemas of CloudFormation, which the linter brings. */
export const listTaggableTypes = async ({ resources }: Template): Promise<readonly string[]> => {
  const types = new Set(Object.values(resources).map(({ Type }) => Type));
  const script = `
import json, sys
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as schemas
print(json.dumps([t for t in sys.argv[1:] if 'Tags' in schemas.get_resource_schema('us-east-1', t).schema['properties']]))`;
  const { stdout } = await python.run('python', '-c', script, ...types);
  return JSON.parse(stdout) as string[];
};

/** The actions with which CloudFormation creates, reads, updates and deletes resources, by the schemas of their types. */
export const listDeployActions = async (types: readonly string[]): Promise<readonly string[]> => {
  const script = `
import json, sys
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as schemas
handlers = [schemas.get_resource_schema('us-east-1', t).schema['handlers'] for t in sys.argv[1:]]
print(json.dumps(sorted({p for h in handlers for o in ('create', 'read', 'update', 'delete') for p in h.get(o, {}).get('permissions', [])})))`;
  const { stdout } = await python.run('python', '-c', script, ...types);
  return JSON.parse(stdout) as string[];
};
