/** The path of a view with its parameters: `toPath('/targets/:target/clusters', { target: 'etl' })`. */
export const toPath = (pattern: string, parameters: Readonly<Record<string, string | undefined>>): string =>
  pattern.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(parameters[name] ?? ''));

export const clustersPath = (target: string): string => toPath('/targets/:target/clusters', { target });

export const clusterPath = (target: string, clusterId: string): string =>
  toPath('/targets/:target/clusters/:clusterId', { target, clusterId });

export const operationPath = (target: string, operationId: string): string =>
  toPath('/targets/:target/operations/:operationId', { target, operationId });

/** The form for a new cluster, filled with the spec of `from` if that is given. */
export const deployPath = (target: string, from?: string): string => {
  const query = from === undefined ? '' : `?${new URLSearchParams({ from })}`;
  return `${toPath('/targets/:target/deploy', { target })}${query}`;
};

/** A tab of the view of a cluster, with further parameters of its address. */
export const clusterTabPath = (
  target: string,
  clusterId: string,
  parameters: { readonly tab: string; readonly [name: string]: string },
): string => `${clusterPath(target, clusterId)}?${new URLSearchParams(parameters).toString()}`;

export const schedulePath = (target: string, name: string): string =>
  toPath('/targets/:target/schedules/:name', { target, name });

/** Opens Flink's own UI of a cluster, in a new tab. The loopback server has this path. */
export const flinkUiPath = (target: string, clusterId: string): string =>
  toPath('/flink-ui/:target/:clusterId', { target, clusterId });

/** The same list of another target, or else its clusters. The names in a longer path belong to the first target. */
export const toTargetPath = (pathname: string, target: string): string => {
  const list = /^\/targets\/[^/]+(\/[^/]+)/.exec(pathname)?.[1];
  return list === undefined ? clustersPath(target) : `${toPath('/targets/:target', { target })}${list}`;
};
