import { vi } from 'vitest';

/** A log line in CloudWatch's embedded metric format. */
interface EmbeddedMetric {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [field: string]: unknown;
}

/** What CloudWatch reads from a line: one value of a metric with its dimensions. The other fields stay in the log. */
export interface ReadMetric {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly value: unknown;
  readonly dimensions: Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Runs the work, and reads the metrics in its output as CloudWatch does. */
export const readMetrics = async (work: () => Promise<unknown>): Promise<readonly ReadMetric[]> => {
  const lines: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    }),
  );
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return lines
    .filter((line) => line.includes('"_aws"'))
    .flatMap((line) => toMetrics(JSON.parse(line) as EmbeddedMetric));
};

const toMetrics = ({ _aws: { CloudWatchMetrics }, ...fields }: EmbeddedMetric): readonly ReadMetric[] =>
  CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name, Unit }) =>
      Dimensions.map((names) => ({
        namespace: Namespace,
        name: Name,
        unit: Unit,
        value: fields[Name],
        dimensions: Object.fromEntries(names.map((name) => [name, fields[name]])),
        fields,
      })),
    ),
  );
