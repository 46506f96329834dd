/**
 * Gradual deployments of the functions, as a change of the compiled template. No other module knows of them. Each function
 * gets a version, the alias `live` on it, and what CodeDeploy needs to shift the alias. Whatever invoked a function
 * invokes its alias.
 */
import { aliasName, type Released, resourcesOf, type RolloutSettings, sharedResources } from './resources.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdatePolicy?: Readonly<Record<string, unknown>>;
}
type Resources = Readonly<Record<string, Resource>>;
export interface Template {
  readonly Resources: Resources;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

/**
 * The template with an alias for each function.
 *
 * @throws Error when a function has no version, or a policy names a function in a way that is not known.
 */
export const applyRollout = (template: Template, settings: RolloutSettings): Template => {
  const released = releasedFunctions(template.Resources);
  const names = {
    aliasOf: new Map(released.map(({ functionId, aliasId }) => [functionId, aliasId])),
    permissionOf: permissionsByFunction(template.Resources),
  };
  const redirected = Object.entries(template.Resources).map(([id, resource]) => [id, redirect(resource, names)]);
  return {
    ...template,
    Resources: {
      ...Object.fromEntries(redirected),
      ...Object.assign({}, ...released.map((each) => resourcesOf(each, settings))),
      ...sharedResources,
    },
    Outputs: withoutVersions(template),
  };
};

const isOfType = (type: string) => (entry: readonly [string, Resource]) => entry[1].Type === type;

const releasedFunctions = (resources: Resources): readonly Released[] => {
  const entries = Object.entries(resources);
  const versions = entries.filter(isOfType('AWS::Lambda::Version'));
  return entries.filter(isOfType('AWS::Lambda::Function')).map(([functionId]) => {
    const version = versions.find(([, { Properties }]) => refOf(Properties?.['FunctionName']) === functionId);
    if (version === undefined) throw new Error(`The template has no version of ${functionId}. Set versionFunctions.`);
    const name = functionId.replace(/LambdaFunction$/, '');
    return { name, functionId, versionId: version[0], aliasId: `${name}LiveAlias` };
  });
};

/** The logical names of what belongs to a function, by that of the function. */
interface Names {
  readonly aliasOf: ReadonlyMap<string, string>;
  readonly permissionOf: ReadonlyMap<string, string>;
}

const permissionsByFunction = (resources: Resources): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(resources)
      .filter(isOfType('AWS::Lambda::Permission'))
      .map(([id, { Properties }]) => [arnReferenceOf(Properties?.['FunctionName']) ?? '', id]),
  );

const redirect = (resource: Resource, { aliasOf, permissionOf }: Names): Resource => {
  switch (resource.Type) {
    case 'AWS::IAM::Role':
      return allowAliases(resource);
    case 'AWS::Lambda::Version':
      // A version of a release that was rolled back must go: Lambda publishes no second version of the same code.
      return { ...resource, DeletionPolicy: 'RetainExceptOnCreate' };
    case 'AWS::Lambda::EventInvokeConfig': {
      const functionId = refOf(resource.Properties?.['FunctionName']) ?? '';
      const properties = { ...resource.Properties, Qualifier: aliasName };
      return { ...resource, Properties: properties, DependsOn: aliasOf.get(functionId) ?? [] };
    }
    case 'AWS::ApiGatewayV2::Integration': {
      // The API calls the alias only when it may, so that no request fails while the alias is new.
      const permission = permissionOf.get(arnReferenceOf(resource.Properties?.['IntegrationUri']) ?? '');
      return { ...invokeAliases(resource, aliasOf), ...(permission !== undefined && { DependsOn: permission }) };
    }
    default:
      return invokeAliases(resource, aliasOf);
  }
};

const invokeAliases = (resource: Resource, aliasOf: Names['aliasOf']): Resource =>
  mapObjects(resource, (value) => {
    const aliasId = aliasOf.get(arnReferenceOf(value) ?? '');
    return aliasId === undefined ? undefined : { Ref: aliasId };
  });

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: readonly unknown[];
}

const invokes = (value: object): value is Statement =>
  'Resource' in value && 'Action' in value && [value.Action].flat().includes('lambda:InvokeFunction');

/**
 * A role that may invoke a function may also invoke its alias. The function stays allowed, because executions of state machines
 * that began before the alias existed call it until they end.
 */
const allowAliases = (role: Resource): Resource =>
  mapObjects(role, (value) =>
    invokes(value)
      ? { ...value, Resource: value.Resource.flatMap((resource) => [resource, qualify(resource)]) }
      : undefined,
  );

const qualify = (resource: unknown): unknown => {
  const functionId = arnReferenceOf(resource);
  if (functionId !== undefined) return { 'Fn::Sub': `\${${functionId}.Arn}:${aliasName}` };
  if (isObject(resource) && 'Fn::Sub' in resource && typeof resource['Fn::Sub'] === 'string')
    return { 'Fn::Sub': `${resource['Fn::Sub']}:${aliasName}` };
  throw new Error(`A policy allows lambda:InvokeFunction on ${JSON.stringify(resource)}, whose alias is not known.`);
};

/** osls writes an output for each version. Their logical names change with each release, and nobody reads them. */
const withoutVersions = ({ Resources, Outputs = {} }: Template): NonNullable<Template['Outputs']> =>
  Object.fromEntries(
    Object.entries(Outputs).filter(([, { Value }]) => Resources[refOf(Value) ?? '']?.Type !== 'AWS::Lambda::Version'),
  );

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const refOf = (value: unknown): string | undefined =>
  isObject(value) && 'Ref' in value && typeof value.Ref === 'string' ? value.Ref : undefined;

/** The resource whose ARN the value stands for. */
const arnReferenceOf = (value: unknown): string | undefined => {
  const attribute: unknown = isObject(value) && 'Fn::GetAtt' in value ? value['Fn::GetAtt'] : undefined;
  return Array.isArray(attribute) && attribute[1] === 'Arn' ? String(attribute[0]) : undefined;
};

/** A copy in which each object is replaced by what `replace` returns for it, if anything. */
const mapObjects = <T>(value: T, replace: (value: object) => object | undefined): T => {
  if (!isObject(value)) return value;
  const replacement = replace(value);
  // The copy has the form of the original, apart from the values that the caller replaces by others of their kind.
  if (replacement !== undefined) return replacement as T;
  if (Array.isArray(value)) return value.map((item: unknown) => mapObjects(item, replace)) as T;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapObjects(item, replace)])) as T;
};
