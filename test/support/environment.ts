/** What the functions read from their environment when they are loaded. Tests hand in ports: none of it is used. */
export const environment = {
  DREY_TABLE: 'table',
  DREY_BUS: 'bus',
  DREY_REJECTED_QUEUE_URL: 'http://127.0.0.1/rejected',
  DREY_LOOKS_QUEUE_URL: 'http://127.0.0.1/looks',
  DREY_ADMISSIONS_QUEUE_URL: 'http://127.0.0.1/admissions',
  DREY_COMMANDS_QUEUE_URL: 'http://127.0.0.1/commands.fifo',
  DREY_DEAD_COMMANDS_QUEUE_URL: 'http://127.0.0.1/dead.fifo',
  DREY_BUCKET: 'uploads',
  DREY_MACHINE_ARN_PREFIX: 'arn:aws:states:us-east-1:000000000000:stateMachine:drey-',
  DREY_KUBERNETES_ROLE_ARN: 'arn:aws:iam::000000000000:role/drey-kubernetes',
  DREY_VERSION: '0.0.0',
  AWS_REGION: 'us-east-1',
  POWERTOOLS_LOG_LEVEL: 'CRITICAL',
  POWERTOOLS_METRICS_DISABLED: 'true',
};
