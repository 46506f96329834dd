import { beforeAll, describe, expect, it } from 'vitest';

import { compileTemplate, listTaggableTypes, type TemplateName, templateNames } from '#test/support/templates.ts';

import { deliveryRules } from './rules/delivery.ts';
import { nameRules } from './rules/names.ts';
import { operationRules } from './rules/operations.ts';
import type { Context, Rule } from './rules/rule.ts';
import { securityRules } from './rules/security.ts';

const rules = [...securityRules, ...operationRules, ...deliveryRules, ...nameRules];

const contexts = new Map<TemplateName, Context>();
beforeAll(async () => {
  for (const name of templateNames) {
    const template = await compileTemplate(name);
    const resources = Object.entries(template.resources).map(([id, resource]) => ({ id, ...resource }));
    contexts.set(name, { template, resources, taggable: await listTaggableTypes(template) });
  }
});

const findProblems = (rule: Rule, context: Context): readonly (readonly [id: string, problem: string])[] =>
  rule.select(context).flatMap((subject) => {
    const problem = rule.check(subject, context);
    return problem === undefined ? [] : [[subject.id, problem] as const];
  });

describe.each(rules)('the template $name', (rule) => {
  const exceptions = Object.keys(rule.except ?? {});

  it.each(templateNames)('with the settings %s', (name) => {
    const problems = findProblems(rule, contexts.get(name)!).filter(([id]) => !exceptions.includes(id));

    expect({ problems, reason: rule.reason }).toEqual({ problems: [], reason: rule.reason });
  });

  it('has resources that the rule is about, and no superfluous exception', () => {
    const all = [...contexts.values()];
    const excepted = all.flatMap((context) => findProblems(rule, context)).map(([id]) => id);

    expect(all.every((context) => rule.select(context).length > 0)).toBe(true);
    expect(exceptions.filter((id) => !excepted.includes(id))).toEqual([]);
  });
});
