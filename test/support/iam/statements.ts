/** The IAM statements of a compiled template. */
import type { Template } from '#test/support/templates.ts';

export interface TemplateStatement {
  /** The resource of the template, and the policy in it. */
  readonly where: string;
  readonly effect: string;
  readonly actions: readonly string[];
  /** Undefined in a trust policy, which has none. */
  readonly resources: readonly unknown[] | undefined;
  readonly principal: unknown;
  readonly conditionKeys: readonly string[];
  readonly condition: unknown;
}

export const listStatements = ({ resources }: Pick<Template, 'resources'>): readonly TemplateStatement[] =>
  Object.entries(resources).flatMap(([name, { Properties }]) => statementsIn(Properties, name));

const statementsIn = (value: unknown, where: string): readonly TemplateStatement[] => {
  if (typeof value !== 'object' || value === null) return [];
  if ('Effect' in value) return [toStatement(value, where)];
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
    statementsIn(part, /Policy(Document|Name)?$/.test(key) ? `${where} ${key}` : where),
  );
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const toStatement = (value: object, where: string): TemplateStatement => {
  const { Effect, Action, Resource, Principal, Condition } = value as Readonly<Record<string, unknown>>;
  return {
    where,
    effect: String(Effect),
    actions: listOf(Action).map(String),
    resources: Resource === undefined ? undefined : listOf(Resource),
    principal: Principal,
    condition: Condition,
    conditionKeys: Object.values(Condition ?? {}).flatMap((keys) => Object.keys(keys as object)),
  };
};
