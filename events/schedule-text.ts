/** Which clusters a schedule selects. */
export interface ScheduleSelector {
  readonly labels: Readonly<Record<string, string>>;
  readonly mode?: string | undefined;
}

/** The part of the definition of a schedule that says what it does. */
type ScheduleAction =
  | { readonly action: 'deploy'; readonly spec: string }
  | { readonly action: 'apply'; readonly spec: string; readonly state: string }
  | { readonly action: 'suspend'; readonly selector: ScheduleSelector; readonly state: string }
  | { readonly action: 'resume'; readonly selector: ScheduleSelector }
  | {
      readonly action: 'rescale';
      readonly selector: ScheduleSelector;
      readonly parallelism: number;
      readonly within: string;
    }
  | { readonly action: 'stop'; readonly selector: ScheduleSelector; readonly savepoint: string; readonly ha: string };

/** What a schedule does, for people: `stop sessions, team=etl (savepoint: best-effort, ha: keep)`. */
export const describeScheduleAction = (definition: ScheduleAction): string => {
  if (definition.action === 'deploy') return `deploy ${definition.spec}`;
  if (definition.action === 'apply') return `apply ${definition.spec} (state: ${definition.state})`;
  const clusters = describeSelector(definition.selector);
  switch (definition.action) {
    case 'suspend':
      return `suspend ${clusters} (state: ${definition.state})`;
    case 'resume':
      return `resume ${clusters}`;
    case 'rescale':
      return `rescale the jobs of ${clusters} to parallelism ${definition.parallelism} (within ${definition.within})`;
    default:
      return `stop ${clusters} (savepoint: ${definition.savepoint}, ha: ${definition.ha})`;
  }
};

const describeSelector = ({ labels, mode }: ScheduleSelector): string => {
  const chosen = [...(mode === undefined ? [] : [`${mode}s`]), ...Object.entries(labels).map((pair) => pair.join('='))];
  return chosen.length === 0 ? 'all clusters' : chosen.join(', ');
};
