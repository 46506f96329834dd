import { openTable } from '#shared/aws/table/table.ts';
import { storeContract } from '#test/contracts/store.ts';
import { FakeTable } from '#test/fakes/table.ts';

storeContract('the table', (now) => {
  const db = new FakeTable().call;
  const open = () => openTable({ table: 'table', db, now, account: '000000000000' });
  return { ...open(), others: open() };
});
