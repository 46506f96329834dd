/** The SNS topic that every alarm notifies. A stage may name a topic of its own instead. */
import type { StageSettings } from '../stage-settings.ts';

const ofThisAccount = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
const cloudWatch = { Service: 'cloudwatch.amazonaws.com' };

/** A key of the stack, because CloudWatch may not use the key that AWS manages for SNS. */
const key = {
  Type: 'AWS::KMS::Key',
  Properties: {
    Description: { 'Fn::Sub': 'Alarm notifications of ${AWS::StackName}' },
    EnableKeyRotation: true,
    PendingWindowInDays: 7,
    KeyPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } },
          Action: 'kms:*',
          Resource: '*',
        },
        {
          Effect: 'Allow',
          Principal: cloudWatch,
          Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          Resource: '*',
          Condition: ofThisAccount,
        },
      ],
    },
  },
};

const topic = {
  Type: 'AWS::SNS::Topic',
  Properties: { TopicName: '${self:provider.stackName}-alarms', KmsMasterKeyId: { 'Fn::GetAtt': ['AlarmKey', 'Arn'] } },
};

const denyPlainHttp = {
  Effect: 'Deny',
  Principal: '*',
  Action: 'sns:Publish',
  Resource: { Ref: 'AlarmTopic' },
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

const topicPolicy = {
  Type: 'AWS::SNS::TopicPolicy',
  Properties: {
    Topics: [{ Ref: 'AlarmTopic' }],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: cloudWatch,
          Action: 'sns:Publish',
          Resource: { Ref: 'AlarmTopic' },
          Condition: ofThisAccount,
        },
        { 'Fn::If': ['OnAws', denyPlainHttp, { Ref: 'AWS::NoValue' }] },
      ],
    },
  },
};

const subscriptionOf = (email: string) => ({
  Type: 'AWS::SNS::Subscription',
  Properties: { TopicArn: { Ref: 'AlarmTopic' }, Protocol: 'email', Endpoint: email },
});

/** The ARN of the topic that alarms notify. */
export const topicArnOf = ({ alarms }: StageSettings) =>
  alarms !== undefined && 'topicArn' in alarms ? alarms.topicArn : { Ref: 'AlarmTopic' };

/** The topic of the stack, unless the stage names one. */
export const topicOf = ({ alarms }: StageSettings) =>
  alarms !== undefined && 'topicArn' in alarms
    ? {}
    : {
        AlarmKey: key,
        AlarmTopic: topic,
        AlarmTopicPolicy: topicPolicy,
        ...(alarms === undefined ? {} : { AlarmSubscription: subscriptionOf(alarms.email) }),
      };
