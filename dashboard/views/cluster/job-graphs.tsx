import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import LineChart from '@cloudscape-design/components/line-chart';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { maxVertices, useJobMetrics } from '../../api/clusters/flink.ts';
import type { Cluster } from '../../api/types.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Loading } from '../../components/loading.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { type Series, toSeries, type Vertex } from '../../model/jobs/metrics.ts';

interface JobGraphsProps {
  readonly cluster: Cluster;
  readonly jobId: string;
  readonly name: string;
  readonly vertices: readonly Vertex[];
  readonly isRunning: boolean;
}

/** Throughput and backpressure of a job, sampled while they are shown. */
export const JobGraphs = ({ cluster, jobId, name, vertices, isRunning }: JobGraphsProps) => {
  const query = useJobMetrics(cluster, jobId, vertices, isRunning);
  const left = vertices.length - maxVertices;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`Sampled every 10 s since you opened the tab${left > 0 ? `; the first ${maxVertices} of ${vertices.length} vertices` : ''}`}
        >
          Throughput and backpressure of {name}
        </Header>
      }
    >
      {isRunning && vertices.length > 0 ? (
        <QueryState query={query}>
          {(samples) => (
            <SpaceBetween size="l">
              <Graph
                title="Records per second"
                sampleCount={samples.length}
                series={toSeries(samples, vertices, 'recordsPerSecond')}
                format={(value) => compact.format(value)}
              />
              <Graph
                title="Backpressure in percent"
                sampleCount={samples.length}
                series={toSeries(samples, vertices, 'backpressurePercent')}
                format={(value) => `${Math.round(value)} %`}
                max={100}
              />
            </SpaceBetween>
          )}
        </QueryState>
      ) : (
        <EmptyState title="No metrics">The job is not RUNNING.</EmptyState>
      )}
    </Container>
  );
};

const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

interface GraphProps {
  readonly title: string;
  /** How often the job was sampled. */
  readonly sampleCount: number;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly max?: number;
}

const GraphTitle = ({ title }: Pick<GraphProps, 'title'>) => (
  <Box variant="h3" padding={{ bottom: 's' }}>
    {title}
  </Box>
);

/** A line needs two points. */
const Collecting = ({ title }: Pick<GraphProps, 'title'>) => (
  <div>
    <GraphTitle title={title} />
    <Loading text="Collecting data…" />
  </div>
);

/** A flat line at zero needs a scale, too. */
const minScale = 1;

const Graph = ({ title, sampleCount, series, format, max }: GraphProps) => {
  const longest = Math.max(0, ...series.map((one) => one.points.length));
  if (longest < 2 && (longest === 1 || sampleCount < 2)) return <Collecting title={title} />;
  const points = series.flatMap((one) => one.points);
  const times = points.map(({ x }) => x.getTime());
  const top = max ?? Math.max(minScale, ...points.map(({ y }) => y * 1.1));
  return (
    <div>
      <GraphTitle title={title} />
      <LineChart
        ariaLabel={title}
        series={series.map((one) => ({
          type: 'line',
          title: one.title,
          data: [...one.points],
          valueFormatter: format,
        }))}
        xScaleType="time"
        yDomain={[0, top]}
        height={200}
        hideFilter
        {...(points.length === 0 ? {} : { xDomain: [new Date(Math.min(...times)), new Date(Math.max(...times))] })}
        i18nStrings={{ xTickFormatter: (time) => clock.format(time), yTickFormatter: format }}
        empty={
          <EmptyState title="No values yet">Flink reports the first ones some seconds after the start.</EmptyState>
        }
      />
    </div>
  );
};
