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

  get rollout() {
    return readStageSettings(this.serverless.getProvider('aws').getStage()).rollout;
  }

  /** osls compiles a version for each function. Its logical name has a hash of the code and the configuration. */
  versionFunctions() {
    const { provider } = this.serverless.service;
    provider.versionFunctions = this.rollout !== undefined;
    if (this.rollout !== undefined) provider.pruneFunctionVersions = { number: keptVersions };
  }

  changeTemplate() {
    const { provider } = this.serverless.service;
    if (this.rollout !== undefined)
      provider.compiledCloudFormationTemplate = applyRollout(provider.compiledCloudFormationTemplate, this.rollout);
  }
};
