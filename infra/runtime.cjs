/**
 * Stage `local` runs the functions with the project's own bootstrap; its emulator's Node runtime loses the names of
 * errors. Everywhere else they run on Lambda's Node.
 */
const { functionNames } = require('./roles.cjs');

module.exports = async ({ options }) => ({
  extensions:
    options.stage === 'local'
      ? Object.fromEntries(
          functionNames.map((name) => [`${name}LambdaFunction`, { Properties: { Runtime: 'provided.al2023' } }]),
        )
      : {},
});
