/** A rule over a compiled template. */
import type { Template, TemplateResource } from '#test/support/templates.ts';

export interface Subject extends TemplateResource {
  /** The logical name. */
  readonly id: string;
}

export interface Context {
  readonly template: Template;
  readonly resources: readonly Subject[];
  /** The types that can have tags. */
  readonly taggable: readonly string[];
}

export interface Rule {
  /** What holds, as the end of the sentence "The template …". */
  readonly name: string;
  readonly reason: string;
  /** The resources that the rule is about. At least one setting of a stage has some. */
  readonly select: (context: Context) => readonly Subject[];
  /** What is wrong with a resource. Undefined when nothing is. */
  readonly check: (subject: Subject, context: Context) => string | undefined;
  /** Resources that the rule does not apply to, with the reason. */
  readonly except?: Readonly<Record<string, string>>;
}

export const ofTypes =
  (...types: readonly string[]) =>
  ({ resources }: Context): readonly Subject[] =>
    resources.filter(({ Type }) => types.includes(Type));

/** The value at a path of names. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (current, key) =>
      typeof current === 'object' && current !== null ? (Reflect.get(current, key) as unknown) : undefined,
    value,
  );

export const propertyOf = ({ Properties }: TemplateResource, ...path: readonly string[]): unknown =>
  at(Properties, ...path);

/** Whether a part of the template refers to a resource. */
export const refersTo = (value: unknown, id: string): boolean => {
  const text = JSON.stringify(value) ?? '';
  return text.includes(`{"Ref":"${id}"}`) || text.includes(`{"Fn::GetAtt":["${id}"`) || text.includes(`\${${id}.`);
};

/** All texts in a part of the template. */
export const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

export const unless = (holds: boolean, problem: string): string | undefined => (holds ? undefined : problem);

/** The function that a part of the template refers to, by itself or by its alias. */
export const functionOf = (target: unknown, resources: readonly Subject[]): Subject | undefined => {
  const alias = resources.find(({ id, Type }) => Type === 'AWS::Lambda::Alias' && refersTo(target, id));
  const name = alias === undefined ? target : propertyOf(alias, 'FunctionName');
  return resources.find(({ id, Type }) => Type === 'AWS::Lambda::Function' && refersTo(name, id));
};
