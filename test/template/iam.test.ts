import { beforeAll, describe, expect, it } from 'vitest';

import { hasForm, toArn } from '#test/support/iam/arn.ts';
import { type Published, readPublished } from '#test/support/iam/published.ts';
import { listStatements, type TemplateStatement } from '#test/support/iam/statements.ts';
import { compileTemplate, type Template, templateNames } from '#test/support/templates.ts';

/** Keys that every request has, whatever the service. */
const globalKeys = /^aws:(Source(Account|Arn)|SecureTransport|PrincipalArn|ResourceAccount)$/;

/** What the published list does not know, with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  'lambda:SourceFunctionArn': 'Lambda adds this key to the requests of the code of a function, to every service.',
};

/** Actions that accept single resources and are allowed on all, with the reason. */
const onAllResources: Readonly<Record<string, string>> = {
  'ec2:CreateNetworkInterface': 'Lambda requires it for functions in a VPC, and the code of the functions is denied.',
  'ec2:DeleteNetworkInterface': 'as above',
  'ec2:AssignPrivateIpAddresses': 'as above',
  'ec2:UnassignPrivateIpAddresses': 'as above',
};

/** The rules over the template say where an action may be a pattern. */
const isPattern = (action: string) => action.includes('*');

describe.each(templateNames)('the IAM statements with the settings %s', (name) => {
  let template: Template;
  let published: Published;
  let statements: readonly TemplateStatement[];
  beforeAll(async () => {
    [template, published] = await Promise.all([compileTemplate(name), readPublished()]);
    statements = listStatements(template);
  });

  it('name actions that exist', () => {
    const unknown = statements.flatMap(({ where, actions }) =>
      actions
        .filter((action) => !isPattern(action) && published.find(action) === undefined)
        .map((action) => `${where}: ${action}`),
    );

    expect(statements.length).toBeGreaterThan(100);
    expect(unknown).toEqual([]);
  });

  it('of roles give each action resources that it accepts', () => {
    const wrong = statements
      .filter(({ effect, principal }) => effect === 'Allow' && principal === undefined)
      .flatMap(({ where, actions, resources = [] }) =>
        actions.flatMap((action) =>
          resources
            .map((resource) => toArn(resource, template))
            .filter((arn) => !accepts(action, arn, published))
            .map((arn) => `${where}: ${action} on ${arn}`),
        ),
      );

    expect(wrong).toEqual([]);
  });

  it('have conditions that each action knows', () => {
    const wrong = statements.flatMap(({ where, actions, conditionKeys }) =>
      actions
        .filter((action) => !isPattern(action))
        .flatMap((action) =>
          conditionKeys
            .filter((key) => !globalKeys.test(key) && !(key in exceptions))
            .filter((key) => published.find(action)?.conditionKeys.includes(key) !== true)
            .map((key) => `${where}: ${action} if ${key}`),
        ),
    );

    expect(wrong).toEqual([]);
  });
});

const accepts = (action: string, arn: string, published: Published): boolean => {
  const { arns } = published.find(action) ?? { arns: [] };
  if (arn === '*') return arns.length === 0 || action in onAllResources;
  return arns.some((form) => hasForm(arn, form));
};
