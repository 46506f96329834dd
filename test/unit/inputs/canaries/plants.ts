import type { MemberPath } from '../sweep/members.ts';

export const canary = 'canary7hunter2';

/** How a canary is written: as a whole text, in a list, in a URI, or as an assignment. */
export const forms: Readonly<Record<string, unknown>> = {
  text: canary,
  list: [canary],
  uri: `https://user:${canary}@example.com/a.jar?signature=${canary}`,
  assignment: `--db.password=${canary}`,
};

const main = { name: 'flink-main-container' };
const at = (...path: MemberPath): MemberPath => ['podTemplates', 'default', ...path];

/** Fields of pods, which have no schema. */
export const podMembers: readonly MemberPath[] = [
  at('metadata', 'annotations', 'token'),
  at('spec', 'containers', 0, 'env', 0, 'value'),
  at('spec', 'containers', 0, 'env'),
  at('spec', 'containers', 0, 'args', 0),
  at('spec', 'containers', 0, 'command', 0),
  at('spec', 'containers', 0, 'livenessProbe', 'httpGet', 'httpHeaders', 0, 'value'),
  at('spec', 'initContainers', 0, 'env', 0, 'value'),
];

/** Adds what the fields of a pod need around them. */
export const fill = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fill);
  const filled = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fill(member)]));
  if ('value' in filled && Object.keys(filled).length === 1) return { name: 'DB_PASSWORD', ...filled };
  return 'env' in filled || 'command' in filled || 'args' in filled || 'livenessProbe' in filled
    ? { ...('jar' in filled ? {} : main), ...filled }
    : filled;
};
