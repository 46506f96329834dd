import { openRoutes } from '#events/http/access.ts';
import { accessLog } from '../../../infra/access-log.ts';
import { functionOf, ofTypes, propertyOf, refersTo, type Rule, unless } from './rule.ts';

export const operationRules: readonly Rule[] = [
  {
    name: 'retains what has records, unless the deploy that creates it fails',
    reason: 'The table and the bucket have the only copy. A first deploy that failed must be repeatable.',
    select: ofTypes('AWS::DynamoDB::Table', 'AWS::S3::Bucket'),
    check: ({ DeletionPolicy, UpdateReplacePolicy }) =>
      unless(
        DeletionPolicy === 'RetainExceptOnCreate' && UpdateReplacePolicy === 'Retain',
        'is deleted with the stack',
      ),
    except: { ServerlessDeploymentBucket: 'It has the packages of deploys. osls empties and removes it.' },
  },
  {
    name: 'can restore the table to each second of the last 35 days',
    reason: 'A mistake of an operator must not lose the records.',
    select: ofTypes('AWS::DynamoDB::Table'),
    check: (subject) =>
      unless(
        propertyOf(subject, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') === true,
        'has no point-in-time recovery',
      ),
  },
  {
    name: 'has a log group for each function',
    reason: 'Lambda creates a missing one without retention, and the roles may not.',
    select: ofTypes('AWS::Lambda::Function'),
    check: (subject, { resources }) =>
      unless(
        resources.some(
          (group) =>
            group.Type === 'AWS::Logs::LogGroup' &&
            propertyOf(group, 'LogGroupName') === `/aws/lambda/${String(propertyOf(subject, 'FunctionName'))}`,
        ),
        'has no log group',
      ),
  },
  {
    name: 'keeps logs for 30 days',
    reason: 'Logs without retention are kept and billed for ever.',
    select: ofTypes('AWS::Logs::LogGroup'),
    check: (subject) => unless(propertyOf(subject, 'RetentionInDays') === 30, 'has another retention'),
  },
  {
    name: 'logs each request to the API with its caller',
    reason: 'The log says who did what.',
    select: ofTypes('AWS::ApiGatewayV2::Stage'),
    check: (subject) =>
      unless(
        refersTo(propertyOf(subject, 'AccessLogSettings', 'DestinationArn'), 'HttpApiLogGroup') &&
          propertyOf(subject, 'AccessLogSettings', 'Format') === JSON.stringify(accessLog),
        'has no access log',
      ),
  },
  {
    name: 'has state machines whose history AWS keeps',
    reason: 'The history of a standard execution is kept for 90 days. It is the log of a state machine.',
    select: ofTypes('AWS::StepFunctions::StateMachine'),
    check: (subject) => unless(propertyOf(subject, 'StateMachineType') === 'STANDARD', 'keeps no history'),
  },
  {
    name: 'has functions that answer before the API ends the request',
    reason: 'API Gateway waits for 30 seconds at most.',
    select: ofTypes('AWS::ApiGatewayV2::Integration'),
    check: (integration, { resources }) =>
      unless(
        Number(propertyOf(functionOf(propertyOf(integration, 'IntegrationUri'), resources)!, 'Timeout')) < 30,
        'invokes a function that may run longer',
      ),
  },
  {
    name: 'limits the requests to the API, and more so those to open routes',
    reason: 'Anybody may call an open route, and must not use up the concurrency of the account.',
    select: ofTypes('AWS::ApiGatewayV2::Stage'),
    check: (subject) => {
      const limit = Number(propertyOf(subject, 'DefaultRouteSettings', 'ThrottlingRateLimit'));
      const unlimited = openRoutes.find(
        (route) => !(Number(propertyOf(subject, 'RouteSettings', route, 'ThrottlingRateLimit')) < limit),
      );
      return unless(limit > 0 && unlimited === undefined, `has no limit for ${unlimited ?? 'its routes'}`);
    },
  },
  {
    name: 'has alarms that notify a topic or stop a gradual update, and say what to do',
    reason: 'Nobody watches the console.',
    select: ofTypes('AWS::CloudWatch::Alarm'),
    check: (subject, { resources }) =>
      unless(
        ([propertyOf(subject, 'AlarmActions')].flat().some(Boolean) ||
          resources.some((group) => refersTo(propertyOf(group, 'AlarmConfiguration'), subject.id))) &&
          String(propertyOf(subject, 'AlarmDescription')).length > 50,
        'notifies no topic, or does not say what to do',
      ),
  },
];
