/** The plugin of osls that applies the setting `rollout` of a stage. */
const { readStageSettings } = require('../stage-settings.ts');
const { applyRollout } = require('./template.ts');

/** Versions of each function that stay after a deploy, besides the one that invocations get. */
const keptVersions = 5;

module.exports = class {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      initialize: () => this.versionFunctions(),
      'after:aws:package:finalize:mergeCustomProviderResources': () => this.changeTemplate(),
    };
  }

  get settings() {
    return readStageSettings(this.serverless.getProvider('aws').getStage());
  }

  /** osls compiles a version for each function. Its logical name has a hash of the code and the configuration. */
  versionFunctions() {
    const { provider } = this.serverless.service;
    const { rollout } = this.settings;
    provider.versionFunctions = rollout !== undefined;
    if (rollout !== undefined) provider.pruneFunctionVersions = { number: keptVersions };
  }

  changeTemplate() {
    const { provider } = this.serverless.service;
    const { settings } = this;
    if (settings.rollout !== undefined)
      provider.compiledCloudFormationTemplate = applyRollout(provider.compiledCloudFormationTemplate, settings);
  }
};
