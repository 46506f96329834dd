/** The rows of `npm run bench` that the local system is needed for, in the order of a round. */
export const rows = {
  raw: 'API server alone: two round trips, connections kept',
  flink: 'kubernetes-session.sh, whole process',
  cold: "Drey's function, whole process",
  warm: "Drey's function, called again",
  'warm-own': 'the same, without the time in which only emulated AWS is waited for',
  http: 'deploy, HTTP request until 202',
  list: 'list, HTTP request until 200',
  submit: 'submit, HTTP request until 202',
  cancel: 'cancel of the queued submit, HTTP request',
  stop: 'stop, HTTP request until 202',
  removal: 'removal, from 202 of a stop until STOPPED',
  'cli-deploy': 'drey kubernetes-session --no-wait',
  'cli-list': 'drey list',
  'kubectl-list': 'kubectl get deploy',
} as const;
export type RowName = keyof typeof rows;
export const rowNames = Object.keys(rows) as RowName[]; // the keys of the table
