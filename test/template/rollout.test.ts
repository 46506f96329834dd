import { statSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { cycleIn, functionInvokers, resourcesOfType } from '#test/support/template-rules.ts';
import { compileTemplate, templateNames } from '#test/support/templates.ts';

const perFunction = ['AWS::Lambda::Version', 'AWS::Lambda::Alias', 'AWS::CodeDeploy::DeploymentGroup'];

describe.each(templateNames)('the template with the settings %s', (name) => {
  it('stays below the limits of a stack: 500 resources, 200 outputs and 1 MB', async () => {
    const { file, resources, outputs } = await compileTemplate(name);

    expect(Object.keys(resources).length).toBeLessThan(500);
    expect(Object.keys(outputs).length).toBeLessThan(200);
    expect(statSync(file).size).toBeLessThan(1_000_000);
  });

  it('has no alarm that notifies nobody', async () => {
    const { resources } = await compileTemplate(name);
    const alarms = resourcesOfType(resources, 'AWS::CloudWatch::Alarm');

    expect(alarms.length).toBeGreaterThan(40);
    for (const [, { Properties }] of alarms)
      expect(Properties).toMatchObject({ AlarmActions: [{ Ref: 'AlarmTopic' }], OKActions: [{ Ref: 'AlarmTopic' }] });
  });

  it('has no cycle of references', async () => {
    const { resources } = await compileTemplate(name);

    expect(cycleIn(resources)).toEqual([]);
  });
});

describe('the template with a rollout', () => {
  it('has an alias and a deployment group for each function, and invokes only aliases', async () => {
    const { resources } = await compileTemplate('rollout');
    const functions = resourcesOfType(resources, 'AWS::Lambda::Function');

    expect(functions.length).toBeGreaterThan(30);
    for (const type of perFunction) expect(resourcesOfType(resources, type)).toHaveLength(functions.length);
    expect(functionInvokers(resources)).toEqual([]);
  });
});

describe('the template without a rollout', () => {
  it('has no version and no alias, and invokes the functions', async () => {
    const { resources } = await compileTemplate('defaults');

    for (const type of perFunction) expect(resourcesOfType(resources, type)).toEqual([]);
    expect(functionInvokers(resources)).toEqual(expect.arrayContaining(['HttpApiIntegrationDeploy', 'StartupMachine']));
  });
});
