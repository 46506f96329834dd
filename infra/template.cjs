/**
 * What serverless.yml includes from the tables of this folder. osls loads CommonJS only; Node requires the TypeScript
 * modules as they are.
 */
const { accessLog } = require('./access-log.ts');
const { readEmulatorSettings, withEnvironment } = require('./emulator.ts');
const { dashboardOf, dashboardOutputsOf } = require('./dashboard/resources.ts');
const { extensionsOf } = require('./extensions.ts');
const { functionsOf } = require('./functions.ts');
const { monitoringOf, monitoringOutputsOf } = require('./monitoring/alarms.ts');
const { assertSupportedRegion } = require('./partitions.ts');
const { kubernetesRoleArn } = require('./iam/permissions.ts');
const { queueResources } = require('./queues.ts');
const { rolesOf, senderRoleIds } = require('./iam/roles.ts');
const { authorizersOf } = require('./tokens.ts');
const { readStageSettings } = require('./stage-settings.ts');
const { stateMachinesOf } = require('./state-machines/resources.ts');
const { storageOf } = require('./storage.ts');

module.exports = async ({ resolveVariable }) => {
  const stage = await resolveVariable('sls:stage');
  const settings = readStageSettings(stage);
  assertSupportedRegion(await resolveVariable('self:provider.region'), settings);
  const emulator = stage === 'local' ? readEmulatorSettings() : undefined;
  const functions = functionsOf(settings);
  return {
    kubernetesRoleArn,
    authorizers: authorizersOf(settings),
    accessLogFormat: JSON.stringify(accessLog),
    functions: emulator === undefined ? functions : withEnvironment(functions, emulator),
    resources: {
      ...storageOf(settings),
      ...queueResources,
      ...rolesOf(settings),
      ...stateMachinesOf(settings),
      ...monitoringOf(settings),
      ...dashboardOf(settings),
    },
    senderRoleIds,
    outputs: { ...monitoringOutputsOf(settings), ...dashboardOutputsOf(settings) },
    extensions: extensionsOf(emulator),
  };
};
