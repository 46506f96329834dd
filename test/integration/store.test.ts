import { dirname } from 'node:path';

import { afterAll, beforeAll } from 'vitest';

import { getOutput, readTemplate } from '#local/steps/deploy.ts';
import { settingsFrom } from '#local/settings.ts';
import { openTable } from '#shared/aws/table/table.ts';
import { storeContract } from '#test/contracts/store.ts';
import { callAt } from '#test/support/aws-calls.ts';

import { createTable, type Moto, startMoto } from '../support/moto.ts';
import { aws, system } from '../support/system.ts';

const openWith = (endpoint: string, table: string) => {
  const db = callAt(endpoint, aws);
  return (now: () => Date) => {
    const open = () => openTable({ table, db, now, account: '000000000000' });
    return { ...open(), others: open() };
  };
};

storeContract('DynamoDB of the AWS emulator', openWith(aws.endpoint, getOutput(system.outputs, 'TableName')));

const template = readTemplate(settingsFrom({ state: dirname(system.logs) }));
let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.stop());

storeContract(
  "Moto's DynamoDB",
  async (now) => openWith(moto.endpoint, await createTable(moto.client, template))(now),
  { countsReplacedValues: true },
);
