/** ARNs of a compiled template, and whether they have the form of a published ARN. */
import type { Template } from '#test/support/templates.ts';

/** Where the name of a resource is in its ARN. `-` stands for what AWS or the stack fills in. */
const arnsByType: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'dynamodb:-:-:table/-',
  'AWS::Events::EventBus': 'events:-:-:event-bus/-',
  'AWS::IAM::Role': 'iam::-:role/-',
  'AWS::Lambda::Alias': 'lambda:-:-:function:-:-',
  'AWS::Lambda::Function': 'lambda:-:-:function:-',
  'AWS::S3::Bucket': 's3:::-',
  'AWS::SNS::Topic': 'sns:-:-:-',
  'AWS::SQS::Queue': 'sqs:-:-:-',
  'AWS::StepFunctions::StateMachine': 'states:-:-:stateMachine:-',
};

/** The ARN that a value of the template stands for, or `*`. */
export const toArn = (value: unknown, { resources }: Pick<Template, 'resources'>): string => {
  const arnOf = (logicalName: string, attribute: string): string => {
    const type = resources[logicalName]?.Type ?? '';
    const arn = arnsByType[type];
    if (arn === undefined) throw new Error(`add the ARN of ${type} (${logicalName}) to the table of ARNs`);
    return `arn:-:${arn}${attribute === 'StreamArn' ? '/stream/-' : ''}`;
  };
  const fill = (text: string) =>
    text.replaceAll(/\$\{([\w:]+)(?:\.(\w+))?\}/g, (_match, name: string, attribute?: string) =>
      attribute === undefined ? '-' : arnOf(name, attribute),
    );
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) throw new Error(`no resource: ${JSON.stringify(value)}`);
  const [[name, argument] = ['', undefined]] = Object.entries(value) as [string, unknown][];
  switch (name) {
    case 'Fn::Sub':
      return fill(String(argument));
    case 'Fn::GetAtt': {
      const [logicalName = '', attribute = ''] = argument as string[];
      return arnOf(logicalName, attribute);
    }
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map((part) => toArn(part, { resources })).join(separator);
    }
    case 'Fn::If':
      return toArn((argument as unknown[])[1], { resources });
    case 'Ref':
      return String(argument).startsWith('AWS::') ? '-' : refOf(String(argument), resources, arnOf);
    default:
      throw new Error(`add ${name} to the functions of ARNs`);
  }
};

/** A reference is the ARN of these resources, and the name of the others. */
const refOf = (
  logicalName: string,
  resources: Template['resources'],
  arnOf: (logicalName: string, attribute: string) => string,
): string =>
  ['AWS::StepFunctions::StateMachine', 'AWS::SNS::Topic', 'AWS::Lambda::Alias'].includes(
    resources[logicalName]?.Type ?? '',
  )
    ? arnOf(logicalName, '')
    : '-';

/**
 * These parts of a published ARN may have `/` and `:`. The ARN of a log group ends with `:*` in policies, and that of a
 * function may end with the name of an alias.
 */
const freeParts = ['ObjectName', 'RoleNameWithPath', 'LogGroupName', 'FunctionName'];

/** Whether an ARN, which may have the wildcard `*`, can be one of a published form. */
export const hasForm = (arn: string, form: string): boolean => {
  const parts = form.split(/(\$\{\w+\})/).filter((part) => part !== '');
  const tokens = parts.flatMap((part): readonly Token[] =>
    part.startsWith('${') ? [freeParts.includes(part.slice(2, -1)) ? /[^]/ : /[^:/]/] : part.split(''),
  );
  return overlap(arn.split(''), tokens);
};

type Token = string | RegExp;

/** Whether a text fits both patterns. In the first `*` is any text, in the second a RegExp is any text of such characters. */
const overlap = (arn: readonly string[], form: readonly Token[]): boolean => {
  const known = new Map<string, boolean>();
  const fits = (at: number, position: number): boolean => {
    const key = `${at}/${position}`;
    const found = known.get(key) ?? compute(at, position);
    known.set(key, found);
    return found;
  };
  const compute = (at: number, position: number): boolean => {
    const [char, token] = [arn[at], form[position]];
    if (char === undefined) return form.slice(position).every((rest) => typeof rest !== 'string');
    if (char === '*') return fits(at + 1, position) || (token !== undefined && fits(at, position + 1));
    if (token === undefined) return false;
    if (typeof token === 'string') return token === char && fits(at + 1, position + 1);
    return fits(at, position + 1) || (token.test(char) && fits(at + 1, position));
  };
  return fits(0, 0);
};
