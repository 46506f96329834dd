const cache = new Map<string, RegExp>();

/** Whether a name matches one of the patterns, in which `*` stands for any text. */
export const matchesPattern = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => toExpression(pattern).test(name));

const toExpression = (pattern: string): RegExp => {
  const expression = cache.get(pattern) ?? new RegExp(`^${pattern.split(/\*+/).map(escape).join('[^]*')}$`);
  if (cache.size < maxCached) cache.set(pattern, expression);
  return expression;
};

const maxCached = 1_000;

const escape = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}/-]/g, String.raw`\$&`);
