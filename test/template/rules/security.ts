import { openRoutes } from '#events/http/access.ts';
import { listStatements } from '#test/support/iam/statements.ts';

import { ofTypes, propertyOf, refersTo, type Rule, type Subject, textsIn, unless } from './rule.ts';

const statementsOf = ({ id, ...resource }: Subject) => listStatements({ resources: { [id]: resource } });

const hasTlsOnlyStatement = (policy: Subject): boolean =>
  statementsOf(policy).some(
    ({ effect, condition }) => effect === 'Deny' && /"aws:SecureTransport":"?false"?/.test(JSON.stringify(condition)),
  );

const isAuthorizer = ({ Type }: Subject) => Type === 'AWS::ApiGatewayV2::Authorizer';

/** The property that says how a type encrypts at rest. */
const encryption: Readonly<Record<string, readonly string[]>> = {
  'AWS::DynamoDB::Table': ['SSESpecification', 'SSEEnabled'],
  'AWS::S3::Bucket': ['BucketEncryption', 'ServerSideEncryptionConfiguration'],
  'AWS::SNS::Topic': ['KmsMasterKeyId'],
  'AWS::SQS::Queue': ['SqsManagedSseEnabled'],
};

export const securityRules: readonly Rule[] = [
  {
    name: 'names no partition, and no domain of one',
    reason: 'China, GovCloud and the European Sovereign Cloud have partitions of their own.',
    select: ({ resources }) => resources,
    check: ({ Properties }) =>
      textsIn(Properties).find(
        (text) =>
          text.includes('arn:aws') ||
          // The principals of services have this name in every partition that Drey supports.
          (text.includes('amazonaws') && !/^[a-z]+\.amazonaws\.com$/.test(text)),
      ),
    except: {
      HostedDashboardDistribution: 'CloudFront is in one partition, and its certificate is an ARN of the operator.',
    },
  },
  {
    name: 'tags every resource that can be tagged with the service and the stage',
    reason: 'Costs and owners are found by tags.',
    select: ({ resources, taggable }) => resources.filter(({ Type }) => taggable.includes(Type)),
    check: (subject) =>
      unless(/service.*drey.*stage.*prod/.test(JSON.stringify(propertyOf(subject, 'Tags') ?? {})), 'has no tags'),
  },
  {
    name: 'lets services assume roles for this account only',
    reason: 'A service must not act for another account. AWS documents no source account for Lambda and CodeDeploy.',
    select: ofTypes('AWS::IAM::Role'),
    check: (subject) =>
      statementsOf(subject)
        .filter(({ principal }) => /"Service"/.test(JSON.stringify(principal)))
        .filter(({ principal }) => !/"Service":"(lambda|codedeploy)\.amazonaws\.com"/.test(JSON.stringify(principal)))
        .filter(({ condition }) => !/"aws:SourceAccount":{"Ref":"AWS::AccountId"}/.test(JSON.stringify(condition)))
        .map(({ principal }) => `is assumed by ${JSON.stringify(principal)} for every account`)[0],
  },
  {
    name: 'lets services invoke functions only for resources of this account',
    reason: 'A service must not act for another account.',
    select: ofTypes('AWS::Lambda::Permission'),
    check: (subject) =>
      unless(/AWS::AccountId/.test(JSON.stringify(propertyOf(subject, 'SourceArn') ?? '')), 'has no source ARN'),
  },
  {
    name: 'lets services use queues and topics only from resources of this account',
    reason: 'A service must not act for another account.',
    select: ofTypes('AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy', 'AWS::KMS::Key'),
    check: (subject) =>
      statementsOf(subject)
        .filter(({ effect, principal }) => effect === 'Allow' && /"Service"/.test(JSON.stringify(principal)))
        .filter(
          ({ condition }) =>
            !/"aws:SourceAccount":{"Ref":"AWS::AccountId"}|"aws:SourceArn":{"Fn::GetAtt"/.test(
              JSON.stringify(condition) ?? '',
            ),
        )
        .map(({ principal }) => `admits ${JSON.stringify(principal)} for every account`)[0],
  },
  {
    name: 'allows no action by a wildcard',
    reason: 'A wildcard allows what AWS adds later.',
    select: ({ resources }) => resources.filter((subject) => statementsOf(subject).length > 0),
    check: (subject) =>
      statementsOf(subject)
        .filter(({ effect }) => effect === 'Allow')
        .flatMap(({ actions }) => actions)
        .find((action) => action.includes('*')),
    except: {
      AlarmKey: 'A key that its account may not manage cannot be managed at all. CloudWatch needs GenerateDataKey*.',
    },
  },
  {
    name: 'encrypts what it stores',
    reason: 'Commands and specs may have secrets.',
    select: ofTypes(...Object.keys(encryption)),
    check: (subject) =>
      unless(Boolean(propertyOf(subject, ...(encryption[subject.Type] ?? []))), 'is not encrypted at rest'),
  },
  {
    name: 'refuses requests to queues, buckets and topics without TLS',
    reason: 'Commands and specs may have secrets.',
    select: ofTypes('AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::SNS::Topic'),
    check: ({ id }, { resources }) =>
      unless(
        resources.some(
          (policy) =>
            /::(BucketPolicy|QueuePolicy|TopicPolicy)$/.test(policy.Type) &&
            refersTo([policy.Properties['Bucket'], policy.Properties['Queues'], policy.Properties['Topics']], id) &&
            hasTlsOnlyStatement(policy),
        ),
        'has no policy that requires TLS',
      ),
  },
  {
    name: 'blocks public access to buckets',
    reason: 'Nothing in a bucket is for everybody. Uploads use presigned URLs.',
    select: ofTypes('AWS::S3::Bucket'),
    check: (subject) =>
      unless(
        ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every(
          (name) => propertyOf(subject, 'PublicAccessBlockConfiguration', name) === true,
        ),
        'may become public',
      ),
  },
  {
    name: 'authorizes every route that is not open by IAM, or by the tokens of the setting jwt',
    reason: 'The functions trust what API Gateway says about the caller.',
    select: ofTypes('AWS::ApiGatewayV2::Route'),
    check: (subject, { resources }) => {
      const isOpen = openRoutes.includes(String(propertyOf(subject, 'RouteKey')));
      const expected = isOpen ? 'NONE' : resources.some(isAuthorizer) ? 'JWT' : 'AWS_IAM';
      const type = textsIn([propertyOf(subject, 'AuthorizationType')])[0] ?? 'NONE';
      return unless(type === expected, `has the authorization ${type}`);
    },
  },
];
