/** Plugin of osls that gives the resources of the compiled template the tags of `provider.tags`. */
const { tagResources } = require('../tags.ts');

module.exports = class TagsPlugin {
  constructor({ service }) {
    this.service = service;
    this.hooks = { 'after:aws:package:finalize:mergeCustomProviderResources': () => this.tagTemplate() };
  }

  tagTemplate() {
    const { compiledCloudFormationTemplate: template, tags } = this.service.provider;
    template.Resources = tagResources(template.Resources, tags);
  }
};
