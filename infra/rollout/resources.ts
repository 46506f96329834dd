/** What CodeDeploy needs to shift the alias of a function from one version to the next, and back when an alarm goes off. */
import { metricNamespace, type PlainMetricName, versionDimensions } from '#shared/metrics.ts';

import { functionNames, functions, toPascalCase } from '../functions.ts';
import { allow, localArn } from '../iam/permissions.ts';
import { role, trustService } from '../iam/roles.ts';
import { type Alarm, badVersionAlarms } from '../monitoring/alarm-table.ts';
import { alarmResource } from '../monitoring/alarms.ts';
import type { Rollout, StageSettings } from '../stage-settings.ts';

/** The settings of a stage with a rollout. */
export type RolloutSettings = StageSettings & { readonly rollout: Rollout };

/** The logical names of a function and of what belongs to it. */
export interface Released {
  readonly name: string;
  readonly functionId: string;
  readonly versionId: string;
  readonly aliasId: string;
}

export const aliasName = 'live';

const application = 'RolloutApplication';
const serviceRole = 'RolloutRole';

/** One application and one role for all functions. */
export const sharedResources = {
  [application]: {
    Type: 'AWS::CodeDeploy::Application',
    Properties: { ApplicationName: { Ref: 'AWS::StackName' }, ComputePlatform: 'Lambda' },
  },
  [serviceRole]: role({
    trusts: [trustService('codedeploy')],
    statements: [
      allow(
        ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
        [localArn('lambda', 'function:${AWS::StackName}-*')],
      ),
      allow(['cloudwatch:DescribeAlarms'], [localArn('cloudwatch', 'alarm:*')]),
    ],
  }),
};

/** The alias of a function, its deployment group and the alarms that tell a bad version. */
export const resourcesOf = (released: Released, settings: RolloutSettings) => {
  const { name, functionId, versionId, aliasId } = released;
  const { type, stackAlarms } = settings.rollout;
  const group = `${name}DeploymentGroup`;
  const alarms = Object.fromEntries(
    Object.entries(alarmsOf(released)).map(([id, alarm]) => [id, alarmResource(alarm, settings)]),
  );
  const watched = [...Object.keys(alarms), ...(stackAlarms === false ? [] : badVersionAlarms)];
  return {
    ...alarms,
    [group]: {
      Type: 'AWS::CodeDeploy::DeploymentGroup',
      Properties: {
        ApplicationName: { Ref: application },
        DeploymentGroupName: { Ref: functionId }, // the name of the function
        ServiceRoleArn: { 'Fn::GetAtt': [serviceRole, 'Arn'] },
        DeploymentConfigName: `CodeDeployDefault.Lambda${type}`,
        DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
        AutoRollbackConfiguration: {
          Enabled: true,
          Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
        },
        AlarmConfiguration: { Enabled: true, Alarms: watched.map((id) => ({ Name: { Ref: id } })) },
      },
    },
    [aliasId]: {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: { Ref: functionId },
        FunctionVersion: { 'Fn::GetAtt': [versionId, 'Version'] },
        Name: aliasName,
      },
      UpdatePolicy: {
        CodeDeployLambdaAliasUpdate: { ApplicationName: { Ref: application }, DeploymentGroupName: { Ref: group } },
      },
    },
  };
};

/**
 * The alarms on one version. Their logical names change with the version, so that errors of the last version never stop the
 * deployment of the next one.
 */
const alarmsOf = ({ name, functionId, versionId }: Released): Readonly<Record<string, Alarm>> => {
  const version = { 'Fn::GetAtt': [versionId, 'Version'] };
  const unexpectedErrors = versionAlarm(`The new version of ${name} logs errors that are bugs of Drey.`, {
    metric: [metricNamespace, 'UnexpectedErrors' satisfies PlainMetricName],
    dimensions: { [versionDimensions[0]]: { Ref: functionId }, [versionDimensions[1]]: version },
  });
  const failedInvocations = versionAlarm(`Invocations of the new version of ${name} fail.`, {
    metric: ['AWS/Lambda', 'Errors'],
    dimensions: {
      FunctionName: { Ref: functionId },
      Resource: { 'Fn::Sub': `\${${functionId}}:${aliasName}` },
      ExecutedVersion: version,
    },
  });
  return {
    [`${versionId}UnexpectedErrorsAlarm`]: unexpectedErrors,
    ...(throwsFaults(name) ? {} : { [`${versionId}FailedInvocationsAlarm`]: failedInvocations }),
  };
};

const versionAlarm = (description: string, watched: Pick<Alarm, 'metric' | 'dimensions'>): Alarm => ({
  description: `${description} CodeDeploy rolls a running deployment back. Read the function's log for this version.`,
  ...watched,
  statistic: 'Sum',
  periodSeconds: 60,
  threshold: 0,
});

/**
 * Steps of state machines, and functions whose queue repeats a message, throw expected failures, too: an unreachable target
 * does not tell a bad version.
 */
const throwsFaults = (pascalName: string): boolean => {
  const name = functionNames.find((candidate) => toPascalCase(candidate) === pascalName);
  if (name === undefined)
    throw new Error(`The template has the function ${pascalName}, which infra/functions.ts lacks.`);
  const { events } = functions[name];
  return events.length === 0 || events.some((event) => 'sqs' in event && event.sqs.functionResponseType === undefined);
};
