/**
 * What serverless.yml includes from the tables of this folder. osls loads CommonJS only; Node requires the TypeScript
 * modules as they are.
 */
const { alarmsOf } = require('./alarms.ts');
const { functionNames, functionsOf, toPascalCase } = require('./functions.ts');
const { queueResources } = require('./queues.ts');
const { rolesOf } = require('./roles.ts');
const { readStageSettings } = require('./stage-settings.ts');
const { stateMachineResources } = require('./state-machines/resources.ts');

/**
 * Stage `local` runs the functions with the project's own bootstrap, because the Node runtime of the emulator loses the
 * names of errors. Other stages run them on Lambda's Node.
 */
const localRuntime = Object.fromEntries(
  functionNames.map((name) => [`${toPascalCase(name)}LambdaFunction`, { Properties: { Runtime: 'provided.al2023' } }]),
);

module.exports = ({ options }) => {
  const stage = options.stage ?? 'dev';
  const settings = readStageSettings(stage);
  return {
    functions: functionsOf(settings),
    resources: { ...queueResources, ...rolesOf(settings), ...stateMachineResources, ...alarmsOf(settings) },
    extensions: stage === 'local' ? localRuntime : {},
  };
};
