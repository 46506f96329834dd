import { keptLogsContract } from '#test/contracts/kept-logs.ts';
import { FakeKeptLogs } from '#test/fakes/kept-logs.ts';

const fake = new FakeKeptLogs();

keptLogsContract('The fake', () => fake);
