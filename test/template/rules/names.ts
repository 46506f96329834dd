import { maxStageCharacters } from '../../../infra/stage-settings.ts';
import { propertyOf, type Rule, type Subject, unless } from './rule.ts';

/** The property that names a resource, and the characters that the service allows. */
const limits: Readonly<Record<string, readonly [property: string, maxCharacters: number]>> = {
  'AWS::CloudFront::Function': ['Name', 64],
  'AWS::CodeDeploy::Application': ['ApplicationName', 100],
  'AWS::DynamoDB::Table': ['TableName', 255],
  'AWS::Events::EventBus': ['Name', 256],
  'AWS::IAM::Role': ['RoleName', 64],
  'AWS::Lambda::Function': ['FunctionName', 64],
  'AWS::Logs::LogGroup': ['LogGroupName', 512],
  'AWS::SNS::Topic': ['TopicName', 256],
  'AWS::SQS::Queue': ['QueueName', 80],
  'AWS::Scheduler::ScheduleGroup': ['Name', 64],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', 80],
};

const nameOf = (subject: Subject): unknown => propertyOf(subject, limits[subject.Type]?.[0] ?? '');

/** The name in the stage and the Region with the longest names. */
const toLongest = (name: string): string =>
  name.replaceAll('prod', 'p'.repeat(maxStageCharacters)).replaceAll('us-east-1', 'ap-southeast-2');

const named = (subject: Subject): boolean => typeof nameOf(subject) === 'string';

export const nameRules: readonly Rule[] = [
  {
    name: 'has names that fit in every stage and Region',
    reason: 'CloudFormation finds a name that is too long in the middle of a deploy.',
    select: ({ resources }) => resources.filter(named),
    check: (subject) => {
      const { length } = toLongest(String(nameOf(subject)));
      const [, max = 0] = limits[subject.Type] ?? [];
      return unless(length <= max, `${String(nameOf(subject))} may have ${length} characters, and ${max} are allowed`);
    },
  },
  {
    name: 'has the stage in each name',
    reason: 'Stages in one account must not collide.',
    select: ({ resources }) => resources.filter(named),
    check: (subject) => unless(/\bprod\b/.test(String(nameOf(subject))), `is named ${String(nameOf(subject))}`),
  },
  {
    name: 'has no name that AWS reserves',
    reason: 'AWS refuses names that begin with aws, and owns the schedule group and the bus named default.',
    select: ({ resources }) => resources.filter(named),
    check: (subject) =>
      unless(!/^(aws|alexa|default$)/i.test(String(nameOf(subject))), `is named ${String(nameOf(subject))}`),
  },
];
