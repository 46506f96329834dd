/**
 * What serverless.yml includes from the tables of this folder. osls loads CommonJS only; Node requires the TypeScript
 * modules as they are.
 */
const { accessLog } = require('./access-log.ts');
const { alarmsOf } = require('./alarms.ts');
const { functionNames, functionsOf, toPascalCase } = require('./functions.ts');
const { assertSupportedRegion } = require('./partitions.ts');
const { kubernetesRoleArn } = require('./iam/permissions.ts');
const { queueResources } = require('./queues.ts');
const { rolesOf, senderRoleIds } = require('./iam/roles.ts');
const { readStageSettings } = require('./stage-settings.ts');
const { stateMachinesOf } = require('./state-machines/resources.ts');
const { storageOf } = require('./storage.ts');

/**
 * Stage `local` runs the functions with the project's own bootstrap, because the Node runtime of the emulator loses the
 * names of errors. Other stages run them on Lambda's Node.
 */
const localRuntime = Object.fromEntries(
  functionNames.map((name) => [`${toPascalCase(name)}LambdaFunction`, { Properties: { Runtime: 'provided.al2023' } }]),
);

module.exports = async ({ options, resolveVariable }) => {
  const stage = options.stage ?? 'dev';
  assertSupportedRegion(await resolveVariable('self:provider.region'));
  const settings = readStageSettings(stage);
  return {
    kubernetesRoleArn,
    accessLogFormat: JSON.stringify(accessLog),
    functions: functionsOf(settings),
    resources: {
      ...storageOf(settings),
      ...queueResources,
      ...rolesOf(settings),
      ...stateMachinesOf(settings),
      ...alarmsOf(settings),
    },
    senderRoleIds,
    extensions: stage === 'local' ? localRuntime : {},
  };
};
