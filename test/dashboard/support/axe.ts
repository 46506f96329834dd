import axe from 'axe-core';

/** `rule: elements` of each violation of the accessibility rules. Colors need a browser and are not checked here. */
export const findViolations = async (root: Element = document.body): Promise<readonly string[]> => {
  const { violations } = await axe.run(root, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
};
