import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { hasBrowser } from './browser.ts';
import { cli, environment } from './cli.ts';
import { openGraph } from './job-graph.ts';
import { callRaw } from './raw-calls.ts';
import { clusterPath } from './system.ts';

/** Flink's web UI of a cluster: its page, the jobs that it reads, and the graph of a job as Chromium draws it. */
export const readWebUi = async (clusterId: string, jobId: string) => {
  const root = `${clusterPath(clusterId)}/flink`;
  const page = await callRaw('GET', `${root}/index.html`);
  const { body } = await callRaw('GET', `${root}/jobs/overview`);
  const { jobs }: { readonly jobs: unknown } = JSON.parse(body);
  return { page: page.body, jobs, graph: hasBrowser() ? await drawGraph(clusterId, jobId) : undefined };
};

/** The text of the graph of a job in the page that `drey ui` serves. @throws Error when the page has an error. */
const drawGraph = async (clusterId: string, jobId: string): Promise<string> => {
  const server = spawn(process.execPath, [cli, 'ui', clusterId, '--no-open', '-o', 'json'], { env: environment });
  try {
    const [line]: unknown[] = await once(server.stdout, 'data');
    const { address }: { readonly address: string } = JSON.parse(String(line));
    return await openGraph(address, jobId);
  } finally {
    server.kill('SIGINT');
  }
};
