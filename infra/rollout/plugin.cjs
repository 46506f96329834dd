/** The plugin of osls that applies the setting `rollout` of a stage to the compiled template. */
const { readStageSettings } = require('../stage-settings.ts');
const { applyRollout } = require('./template.ts');

module.exports = class {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      'before:package:compileFunctions': () => this.versionFunctions(),
      'after:aws:package:finalize:mergeCustomProviderResources': () => this.changeTemplate(),
    };
  }

  get rollout() {
    return readStageSettings(this.serverless.getProvider('aws').getStage()).rollout;
  }

  /** osls then compiles a version for each function. Its logical name has a hash of the code and the configuration. */
  versionFunctions() {
    this.serverless.service.provider.versionFunctions = this.rollout !== undefined;
  }

  changeTemplate() {
    const { provider } = this.serverless.service;
    if (this.rollout !== undefined)
      provider.compiledCloudFormationTemplate = applyRollout(provider.compiledCloudFormationTemplate, this.rollout);
  }
};
