import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, it } from 'vitest';

import { settingsFrom } from '#local/settings.ts';

import { accessLog } from '../../infra/access-log.ts';
import { compileTemplate, type Template, type TemplateName, templateSettings } from '../support/templates.ts';

const run = promisify(execFile);
const names = Object.keys(templateSettings) as TemplateName[]; // the keys of the table

const ofType = ({ resources }: Template, type: string) =>
  Object.entries(resources).filter(([, { Type }]) => Type === type);

/** All texts in a part of the template. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Principal?: string | Readonly<Record<string, unknown>>;
  readonly Condition?: unknown;
}
const statementsIn = (value: unknown): readonly Statement[] => {
  if (typeof value !== 'object' || value === null) return [];
  return 'Effect' in value ? [value as Statement] : Object.values(value).flatMap(statementsIn);
};

describe.each(names)('the template with the settings %s', (name) => {
  let template: Template;
  beforeAll(async () => {
    template = await compileTemplate(name);
  });

  it('names no partition and no domain of one', () => {
    const texts = textsIn(template.resources);

    expect(texts.filter((text) => /arn:aws/.test(text))).toEqual([]);
    // The principals of services have this name in every partition that Drey supports.
    expect(texts.filter((text) => text.includes('amazonaws') && !/^[a-z]+\.amazonaws\.com$/.test(text))).toEqual([]);
  });

  it('tags every resource that can be tagged with the service and the stage', async () => {
    const taggable = await taggableTypes(template);
    const untagged = Object.entries(template.resources)
      .filter(([, { Type }]) => taggable.includes(Type))
      .filter(([, { Properties }]) => !/service.*drey.*stage.*prod/.test(JSON.stringify(Properties['Tags'] ?? {})));

    expect(taggable.length).toBeGreaterThan(10);
    expect(untagged.map(([logicalName, { Type }]) => `${logicalName} ${Type}`)).toEqual([]);
  });

  it('lets services assume roles for this account only, but for Lambda, which documents no source account', () => {
    const trusts = ofType(template, 'AWS::IAM::Role').flatMap(([, { Properties }]) =>
      statementsIn(Properties['AssumeRolePolicyDocument']).filter(({ Principal }) =>
        /Service/.test(JSON.stringify(Principal)),
      ),
    );

    expect(trusts.length).toBeGreaterThan(30);
    for (const { Principal, Condition } of trusts)
      expect(JSON.stringify([Principal, Condition])).toMatch(
        /^\[\{"Service":"(lambda\.amazonaws\.com"\},null\]$|.*"aws:SourceAccount":\{"Ref":"AWS::AccountId"\})/,
      );
  });

  it('lets services use functions and queues only from resources of this account', () => {
    const permissions = ofType(template, 'AWS::Lambda::Permission').map(
      ([, { Properties }]) => Properties['SourceArn'],
    );
    const policies = ofType(template, 'AWS::SQS::QueuePolicy')
      .flatMap(([, { Properties }]) => statementsIn(Properties['PolicyDocument']))
      .filter(({ Effect }) => Effect === 'Allow');

    expect(permissions.length).toBeGreaterThan(0);
    for (const sourceArn of permissions) expect(JSON.stringify(sourceArn ?? '')).toMatch('AWS::AccountId');
    expect(policies.map(({ Condition }) => Condition)).toEqual([
      { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['AdmissionRule', 'Arn'] } } },
    ]);
  });

  it('logs each request to the API with its caller, as long as the functions keep their logs', () => {
    const stages = ofType(template, 'AWS::ApiGatewayV2::Stage').map(([, { Properties }]) => Properties);
    const retentions = ofType(template, 'AWS::Logs::LogGroup').map(
      ([, { Properties }]) => Properties['RetentionInDays'],
    );

    expect(stages).toMatchObject([
      {
        AccessLogSettings: {
          DestinationArn: { 'Fn::GetAtt': ['HttpApiLogGroup', 'Arn'] },
          Format: JSON.stringify(accessLog),
        },
      },
    ]);
    expect(new Set(retentions)).toEqual(new Set([30]));
  });

  it('retains the table and the bucket, unless the deploy that creates them fails', () => {
    for (const logicalName of ['Table', 'Bucket'])
      expect(template.resources[logicalName]).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
  });
});

/** The types in the template that have tags by the schemas of CloudFormation, which the linter brings. */
const taggableTypes = async ({ resources }: Template): Promise<readonly string[]> => {
  const types = new Set(Object.values(resources).map(({ Type }) => Type));
  const script = `
import json, sys
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as schemas
print(json.dumps([t for t in sys.argv[1:] if 'Tags' in schemas.get_resource_schema('us-east-1', t).schema['properties']]))`;
  const { stdout } = await run(join(settingsFrom().venv, 'bin/python'), ['-c', script, ...types]);
  return JSON.parse(stdout) as string[];
};

describe('the setting vpc', () => {
  const withVpc = ({ resources }: Template) =>
    Object.values(resources).filter(({ Properties }) => 'VpcConfig' in Properties).length;
  const rolesWithInterfaces = (template: Template) =>
    ofType(template, 'AWS::IAM::Role').filter(([, { Properties }]) => JSON.stringify(Properties).includes('ec2:'))
      .length;

  it('puts every function into the VPC, and gives the role of each the network interface permissions', async () => {
    const template = await compileTemplate('vpc');
    const functions = ofType(template, 'AWS::Lambda::Function');

    expect(functions.length).toBeGreaterThan(30);
    for (const [, { Properties }] of functions)
      expect(Properties['VpcConfig']).toEqual({
        SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
        SecurityGroupIds: ['sg-0123456789abcdef0'],
      });
    expect(rolesWithInterfaces(template)).toBe(functions.length);
  });

  it('changes nothing when it is left out', async () => {
    const template = await compileTemplate('defaults');

    expect(withVpc(template)).toBe(0);
    expect(rolesWithInterfaces(template)).toBe(0);
  });
});

describe('the setting tracing', () => {
  it('traces every function and every state machine', async () => {
    const template = await compileTemplate('tracing');
    const functions = ofType(template, 'AWS::Lambda::Function');

    for (const [, { Properties }] of functions) expect(Properties['TracingConfig']).toEqual({ Mode: 'Active' });
    for (const [, { Properties }] of ofType(template, 'AWS::StepFunctions::StateMachine'))
      expect(Properties['TracingConfiguration']).toEqual({ Enabled: true });
  });
});

describe('the setting deletionProtection', () => {
  it('protects the table', async () => {
    const [protectedTable, table] = [await compileTemplate('tracing'), await compileTemplate('defaults')].map(
      ({ resources }) => resources['Table']?.Properties,
    );

    expect(protectedTable).toMatchObject({ DeletionProtectionEnabled: true });
    expect(table).toMatchObject({ DeletionProtectionEnabled: false });
  });
});
