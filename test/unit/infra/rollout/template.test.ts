import { describe, expect, it } from 'vitest';

import { cycleIn, resourcesOfType } from '#test/support/template-rules.ts';

import { badVersionAlarms } from '../../../../infra/monitoring/alarm-table.ts';
import { monitoringOf } from '../../../../infra/monitoring/alarms.ts';
import { functionNames, toPascalCase } from '../../../../infra/functions.ts';
import { rolesOf } from '../../../../infra/iam/roles.ts';
import { applyRollout, type Resource, type Template } from '../../../../infra/rollout/template.ts';
import { stateMachinesOf } from '../../../../infra/state-machines/resources.ts';

const rollout = { type: 'Canary10Percent5Minutes' } as const;
const settings = { rollout };
const idOf = (name: string) => `${toPascalCase(name)}LambdaFunction`;
const arnOf = (name: string) => ({ 'Fn::GetAtt': [idOf(name), 'Arn'] });

/** What osls compiles for a function, and the resources that invoke it. */
const compiled = (name: string): Readonly<Record<string, Resource>> => ({
  [idOf(name)]: {
    Type: 'AWS::Lambda::Function',
    Properties: { FunctionName: `drey-prod-${name}`, ReservedConcurrentExecutions: 5 },
  },
  [`${toPascalCase(name)}LambdaVersionA1`]: {
    Type: 'AWS::Lambda::Version',
    DeletionPolicy: 'Retain',
    Properties: { FunctionName: { Ref: idOf(name) } },
  },
  [`${name}Integration`]: { Type: 'AWS::ApiGatewayV2::Integration', Properties: { IntegrationUri: arnOf(name) } },
  [`${name}Permission`]: { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: arnOf(name) } },
  [`${name}Mapping`]: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { FunctionName: arnOf(name) } },
  [`${name}Schedule`]: { Type: 'AWS::Scheduler::Schedule', Properties: { Target: { Arn: arnOf(name) } } },
  [`${name}AsyncInvokes`]: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { FunctionName: { Ref: idOf(name) }, Qualifier: '$LATEST' },
  },
});

const template: Template = {
  Resources: {
    ...Object.assign({}, ...functionNames.map(compiled)),
    ...rolesOf({}),
    ...stateMachinesOf({}),
    ...monitoringOf({}),
  },
  Outputs: {
    DeployVersion: { Value: { Ref: 'DeployLambdaVersionA1' } },
    TableName: { Value: { Ref: 'Table' } },
  },
};
const changed = applyRollout(template, settings);
const resource = (id: string) => changed.Resources[id];
const policyOf = (role: string) => JSON.stringify(resource(role)?.Properties?.['Policies']);

describe('a rollout', () => {
  it.each(functionNames)('gives %s an alias that CodeDeploy shifts by its own deployment group', (name) => {
    const group = `${toPascalCase(name)}DeploymentGroup`;

    expect(resource(`${toPascalCase(name)}LiveAlias`)).toEqual({
      Type: 'AWS::Lambda::Alias',
      Properties: {
        Name: 'live',
        FunctionName: { Ref: idOf(name) },
        FunctionVersion: { 'Fn::GetAtt': [`${toPascalCase(name)}LambdaVersionA1`, 'Version'] },
      },
      UpdatePolicy: {
        CodeDeployLambdaAliasUpdate: {
          ApplicationName: { Ref: 'RolloutApplication' },
          DeploymentGroupName: { Ref: group },
        },
      },
    });
    expect(resource(group)?.Properties).toMatchObject({
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      DeploymentGroupName: { Ref: idOf(name) },
      AutoRollbackConfiguration: { Enabled: true, Events: expect.arrayContaining(['DEPLOYMENT_STOP_ON_ALARM']) },
    });
  });

  it.each(functionNames)('lets everything that invoked %s invoke its alias', (name) => {
    const alias = { Ref: `${toPascalCase(name)}LiveAlias` };

    expect(resource(`${name}Integration`)?.Properties).toEqual({ IntegrationUri: alias });
    expect(resource(`${name}Permission`)?.Properties).toEqual({ FunctionName: alias });
    expect(resource(`${name}Mapping`)?.Properties).toEqual({ FunctionName: alias });
    expect(resource(`${name}Schedule`)?.Properties).toEqual({ Target: { Arn: alias } });
    expect(resource(`${name}AsyncInvokes`)).toMatchObject({
      Properties: { Qualifier: 'live' },
      DependsOn: alias.Ref,
    });
  });

  it.each(functionNames)('lets the API call the alias of %s only when it has the permission', (name) => {
    expect(resource(`${name}Integration`)?.DependsOn).toBe(`${name}Permission`);
  });

  it('lets state machines call the alias, and executions that began earlier still the function', () => {
    expect(resource('CleanupMachine')?.Properties).toMatchObject({
      DefinitionSubstitutions: { FunctionArn: { Ref: 'CleanupLiveAlias' } },
    });
    expect(policyOf('CleanupMachineRole')).toContain('"${CleanupLambdaFunction.Arn}:live"');
    expect(policyOf('CleanupMachineRole')).toContain('{"Fn::GetAtt":["CleanupLambdaFunction","Arn"]}');
  });

  it('allows a schedule, which knows its function by name, the alias as well', () => {
    expect(policyOf('DispatchReconcileRole')).toMatch(/function:\$\{AWS::StackName\}-dispatchReconcile:live"/);
  });

  it('keeps the functions as they are, with their reserved concurrency', () => {
    expect(resourcesOfType(changed.Resources, 'AWS::Lambda::Function')).toEqual(
      resourcesOfType(template.Resources, 'AWS::Lambda::Function'),
    );
  });

  it('removes the version of a release that is rolled back, so that the release can be repeated', () => {
    for (const [, { DeletionPolicy }] of resourcesOfType(changed.Resources, 'AWS::Lambda::Version'))
      expect(DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  it('adds no output for each version', () => {
    expect(changed.Outputs).toEqual({ TableName: { Value: { Ref: 'Table' } } });
  });

  it('has no cycle of references', () => {
    expect(cycleIn(changed.Resources)).toEqual([]);
  });

  it('refuses a template without versions, because the aliases would have nothing to shift', () => {
    const { DeployLambdaVersionA1: _, ...resources } = template.Resources;

    expect(() => applyRollout({ Resources: resources }, settings)).toThrow('no version of DeployLambdaFunction');
  });

  it('refuses a policy that allows the invocation of something it cannot name an alias of', () => {
    const statement = { Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: ['*'] };
    const role = { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: { Statement: [statement] } }] } };

    expect(() => applyRollout({ Resources: { ...template.Resources, Odd: role } }, settings)).toThrow(
      'allows lambda:InvokeFunction on "*"',
    );
  });
});

describe('the alarms of a rollout', () => {
  const topicArn = 'arn:aws:sns:eu-central-1:123456789012:oncall';
  const alarmsOfVersion = (name: string) =>
    resourcesOfType(changed.Resources, 'AWS::CloudWatch::Alarm')
      .filter(([id]) => id.startsWith(`${toPascalCase(name)}LambdaVersionA1`))
      .map(
        ([id, { Properties }]) => ({ id, ...Properties }) as { id: string; MetricName: string; Dimensions: object[] },
      );
  const watchedBy = (name: string, { Resources }: Template) => {
    const properties = Resources[`${toPascalCase(name)}DeploymentGroup`]?.Properties ?? {};
    const { Alarms } = properties['AlarmConfiguration'] as { Alarms: { Name: { Ref: string } }[] };
    return Alarms.map(({ Name }) => Name.Ref);
  };
  const version = (name: string) => ({ 'Fn::GetAtt': [`${toPascalCase(name)}LambdaVersionA1`, 'Version'] });

  it.each(functionNames)('stop the deployment of %s for errors of the new version alone', (name) => {
    const alarms = alarmsOfVersion(name);

    expect(alarms.map(({ MetricName }) => MetricName)).toContain('UnexpectedErrors');
    for (const { Dimensions } of alarms)
      expect(Dimensions).toContainEqual(expect.objectContaining({ Value: version(name) }));
    expect(watchedBy(name, changed)).toEqual([...alarms.map(({ id }) => id), ...badVersionAlarms]);
  });

  it('are those of the new version alone when the alarms of the stack are left out', () => {
    const { Resources } = applyRollout(template, { rollout: { ...rollout, stackAlarms: false } });

    expect(watchedBy('deploy', { Resources })).toEqual(alarmsOfVersion('deploy').map(({ id }) => id));
  });

  it.each(functionNames)('are alarms of the template for %s, and no more than CodeDeploy accepts', (name) => {
    const watched = watchedBy(name, changed);

    expect(watched.length).toBeLessThanOrEqual(10);
    for (const id of watched) expect(resource(id)?.Type).toBe('AWS::CloudWatch::Alarm');
  });

  it.each([
    [{ Ref: 'AlarmTopic' }, settings],
    [topicArn, { ...settings, alarms: { topicArn } }],
  ])('notify the topic %s, as the others do', (topic, stage) => {
    const alarms = resourcesOfType(applyRollout(template, stage).Resources, 'AWS::CloudWatch::Alarm').filter(([id]) =>
      id.includes('LambdaVersion'),
    );

    expect(alarms.length).toBeGreaterThan(functionNames.length);
    for (const [, { Properties }] of alarms)
      expect(Properties).toMatchObject({ AlarmActions: [topic], OKActions: [topic] });
  });

  it('are none that a target that is down sets off', () => {
    expect(watchedBy('deploy', changed)).not.toContain('ApiErrorsAlarm'); // It counts 502, 503 and 504 of a target.
    expect(watchedBy('deploy', changed)).not.toContain('ReconcileErrorsAlarm');
    expect(watchedBy('deploy', changed)).not.toContain('UnobservedTargetsAlarm');
  });

  it('count failed invocations where they are no expected failures', () => {
    const counted = functionNames.filter((name) =>
      alarmsOfVersion(name).some(({ MetricName }) => MetricName === 'Errors'),
    );
    const repeated = [
      'startup',
      'submission',
      'cleanup',
      'snapshot',
      'rollout',
      'rescaling',
      'reconcile',
      'timerEvents',
    ];

    expect(counted.toSorted()).toEqual(functionNames.filter((name) => !repeated.includes(name)).toSorted());
  });
});
