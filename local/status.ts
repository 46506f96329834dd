import { styleText } from 'node:util';

import Table from 'cli-table3';
import { Command } from 'commander';

import { stateOption } from './options.ts';
import { listStatus, type LocalSystem, readSystem, type Status } from './system.ts';

const program = new Command('npm run status --')
  .description('Shows the processes of the system that npm start started.')
  .addOption(stateOption());

const renderTable = (processes: readonly Status[], system: LocalSystem | undefined): string => {
  const table = new Table({ head: ['name', 'pid', 'address', 'since'], style: { head: [], border: [] } });
  for (const { name, pid, address, since } of processes)
    table.push([name, pid, address, new Date(since).toLocaleString('sv')]);
  if (system?.emulator !== undefined)
    table.push([`${system.emulator.name} (not started by npm start)`, '', system.awsUrl, '']);
  if (system !== undefined) table.push(['API', '', system.apiUrl, '']);
  return [table.toString(), ...(system?.emulator?.lacks ?? []).map((lack) => `  - ${lack}`)].join('\n');
};

const { state } = program.parse().opts<{ state?: string }>();
const processes = await listStatus(state);
if (processes.length === 0) {
  console.log(styleText('dim', 'The system does not run. Start it with npm start.'));
  process.exitCode = 3; // as `systemctl status` does
} else {
  console.log(renderTable(processes, readSystem(state)));
}
