/** `npm run bench:queue`: a load of commands through the queue, on a control plane without a node. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';

import Table from 'cli-table3';
import { Command } from 'commander';

import { root, settingsFrom } from '#local/settings.ts';
import { type LocalSystem, startLocal, stopLocal } from '#local/system.ts';

import { runLoad } from './load.ts';
import type { LoadReport } from './report.ts';

const own = {
  state: join(root, '.local/bench'),
  port: 4766,
  kubernetesPort: 7943,
  kubernetesNet: '10.83',
  controlPlaneOnly: true,
} as const;

const run = promisify(execFile);

/** Creates applications with Flink's own client, one after the other. Returns how many a second. */
const withClient = async (system: LocalSystem, count: number): Promise<number> => {
  const { stdout } = await run(join(root, 'local/kubernetes/flink-home'), [], {
    env: { ...process.env, CLUSTER_CACHE: settingsFrom().cache },
  });
  const flink = join(stdout.trim(), 'bin/flink');
  const ids = Array.from({ length: count }, (_, index) => `client-${randomUUID().slice(0, 6)}-${index}`);
  const began = Date.now();
  for (const clusterId of ids) {
    await run(
      flink,
      [
        'run',
        '--target',
        'kubernetes-application',
        `-Dkubernetes.cluster-id=${clusterId}`,
        `-Dkubernetes.namespace=${system.namespace}`,
        '-Dkubernetes.container.image.ref=flink:2.2',
        '-Dkubernetes.service-account=flink',
        'local:///opt/flink/usrlib/a.jar',
      ],
      { env: { ...process.env, KUBECONFIG: system.kubeconfig } },
    );
    process.stderr.write(`client: ${clusterId}\n`);
  }
  const seconds = (Date.now() - began) / 1000;
  await run('kubectl', ['--kubeconfig', system.kubeconfig, '-n', system.namespace, 'delete', 'deployment', ...ids]);
  return count / seconds;
};

const print = (report: LoadReport, clientPerSecond: number | undefined) => {
  const table = new Table({ style: { head: [], border: [] } });
  const perSecond = (count: number, seconds: number) =>
    `${seconds.toFixed(1)} s, ${(count / seconds).toFixed(1)} a second`;
  table.push(
    ['messages sent', `${report.messages} in ${perSecond(report.messages, report.sendSeconds)}`],
    ['deploys accepted', `${report.commands} in ${perSecond(report.commands, report.acceptSeconds)}`],
    ['deploys applied', `${report.commands} in ${perSecond(report.commands, report.applySeconds)}`],
    ['clusters live at once, maximum', report.maxLive],
    [
      'seconds until a free place is taken, median',
      report.medianRefillSeconds === undefined ? 'no command waited' : `${report.medianRefillSeconds.toFixed(1)} s`,
    ],
    ['median start position', `noisy team ${report.medianStart.noisy}, quiet teams ${report.medianStart.quiet}`],
    ...(clientPerSecond === undefined
      ? []
      : [["Flink's client, one after the other", `${clientPerSecond.toFixed(2)} a second`]]),
    ['processes of functions killed', report.killed],
    ['violations', report.violations.length],
  );
  console.log(table.toString());
  for (const violation of report.violations) console.log(`VIOLATED: ${violation}`);
};

const { commands, limit, hold, kill, client, output } = new Command('npm run bench:queue --')
  .option('--commands <n>', 'different deploys', '1000')
  .option('--limit <n>', 'clusters at once; 0: no limit', '40')
  .option('--hold <ms>', 'how long a cluster runs', '1000')
  .option('--kill <ms>', 'how long functions are killed, in the middle of the load', '0')
  .option('--client <n>', "clusters to create with Flink's own client first; 0: none", '5')
  .option('--output <form>', 'table or json', 'table')
  .parse()
  .opts<Record<'commands' | 'limit' | 'hold' | 'kill' | 'client' | 'output', string>>();
const system = await startLocal(own);
try {
  const load = {
    commands: Number(commands),
    limit: Number(limit) === 0 ? undefined : Number(limit),
    holdMs: Number(hold),
    killMs: Number(kill),
  };
  const clientPerSecond = Number(client) > 0 ? await withClient(system, Number(client)) : undefined;
  const report = await runLoad(system, load, (line) => process.stderr.write(`${line}\n`));
  if (output === 'json') console.log(JSON.stringify({ ...report, clientPerSecond }, undefined, 2));
  else print(report, clientPerSecond);
  process.exitCode = report.violations.length > 0 ? 1 : 0;
} finally {
  await stopLocal({ state: own.state, clean: true });
}
