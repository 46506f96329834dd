/**
 * The value of an environment variable as the kubelet passes it to a container.
 *
 * @param variables The variables that the container has before this one.
 * @see Kubernetes, "Define Dependent Environment Variables": `$(NAME)` is replaced if there is such a variable, `$$` is `$`
 */
export const expandVariables = (value: string, variables: Readonly<Record<string, string>>): string => {
  const open = value.indexOf('$');
  if (open === -1) return value;
  const [before, after] = [value.slice(0, open), value.slice(open + 1)];
  if (after.startsWith('$')) return `${before}$${expandVariables(after.slice(1), variables)}`;
  const name = /^\(([^)]*)\)/s.exec(after)?.[1];
  if (name === undefined) return `${before}$${expandVariables(after, variables)}`;
  const replacement = Object.hasOwn(variables, name) ? variables[name] : `$(${name})`;
  return `${before}${replacement}${expandVariables(after.slice(name.length + 2), variables)}`;
};
