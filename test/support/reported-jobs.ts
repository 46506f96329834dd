/** A job as the overview of Flink's REST API reports it. */
export const reportedJob = (fields: object = {}) => ({
  jid: 'a'.repeat(32),
  name: 'etl',
  state: 'RUNNING',
  'start-time': 1,
  'end-time': -1,
  tasks: { total: 1, running: 1 },
  ...fields,
});
