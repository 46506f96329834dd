/** Whether the policies of a caller of the API allow a request, as IAM decides. */

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** A request of the API, as the resource that IAM compares. */
const toResource = (method: string, path: string): string =>
  `arn:aws:execute-api:eu-central-1:123456789012:API_ID/$default/${method}${path}`;

/** Whether a text matches a pattern of IAM: `*` is any text, slashes included, and `?` is any character. */
export const matches = (pattern: string, text: string): boolean => {
  const source = pattern.replaceAll(/[\\^$.*+?()[\]{}|]/g, (char) =>
    char === '*' ? '[^]*' : char === '?' ? '[^]' : `\\${char}`,
  );
  return new RegExp(`^${source}$`).test(text);
};

const listOf = (value: string | readonly string[]): readonly string[] => [value].flat();

/** Whether the statements allow a request. A denial counts more than any permission. */
export const allows = (statements: readonly Statement[], method: string, path: string): boolean => {
  const applicable = statements.filter(
    ({ Action, Resource }) =>
      listOf(Action).some((action) => matches(action, 'execute-api:Invoke')) &&
      listOf(Resource).some((resource) => matches(resource, toResource(method, path))),
  );
  return applicable.length > 0 && applicable.every(({ Effect }) => Effect === 'Allow');
};

/** A statement that allows a pattern such as `PUT/v1/targets/*`. */
export const allowing = (...patterns: readonly string[]): Statement => ({
  Effect: 'Allow',
  Action: 'execute-api:Invoke',
  Resource: patterns.map((pattern) => `arn:aws:execute-api:eu-central-1:123456789012:API_ID/$default/${pattern}`),
});
