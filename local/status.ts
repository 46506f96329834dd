import { styleText } from 'node:util';

import Table from 'cli-table3';
import { Command } from 'commander';

import { stateOption } from './options.ts';
import { localStatus, readSystem, type LocalSystem, type Status } from './system.ts';

const program = new Command('npm run status --')
  .description('Shows what npm start has started and still runs.')
  .addOption(stateOption());

const tableOf = (processes: readonly Status[], system: LocalSystem | undefined): string => {
  const table = new Table({ head: ['name', 'pid', 'address', 'since'], style: { head: [], border: [] } });
  for (const { name, pid, address, since } of processes)
    table.push([name, pid, address, new Date(since).toLocaleString('sv')]);
  if (system !== undefined) table.push(['API', '', system.apiUrl, '']);
  return table.toString();
};

const { state } = program.parse().opts<{ state?: string }>();
const processes = await localStatus(state);
if (processes.length === 0) {
  console.log(styleText('dim', 'Nothing runs. npm start starts it.'));
  process.exitCode = 3; // as systemctl status says it
} else {
  console.log(tableOf(processes, readSystem(state)));
}
