/** Tags every resource of the template that can be tagged, also those that osls generates. */
interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Resource types whose tags are a list of keys and values. A test compares them with the schemas of CloudFormation. */
const typesWithTagList = new Set([
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::Function',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::StepFunctions::StateMachine',
]);
/** Resource types whose tags are an object. */
const typesWithTagObject = new Set(['AWS::ApiGatewayV2::Api', 'AWS::ApiGatewayV2::Stage']);

type Tags = Readonly<Record<string, string>>;

const tagsFor = (type: string, tags: Tags): unknown => {
  if (typesWithTagObject.has(type)) return tags;
  if (typesWithTagList.has(type)) return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return undefined;
};

const tagResource = (resource: Resource, tags: Tags): Resource => {
  const Tags = tagsFor(resource.Type, tags);
  return Tags === undefined ? resource : { ...resource, Properties: { ...resource.Properties, Tags } };
};

/** The resources of a template with the tags. */
export const tagResources = (
  resources: Readonly<Record<string, Resource>>,
  tags: Tags,
): Readonly<Record<string, Resource>> =>
  Object.fromEntries(Object.entries(resources).map(([name, resource]) => [name, tagResource(resource, tags)]));
