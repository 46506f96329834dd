/** The environment variables that `serverless.yml` and Lambda set for every function. */
interface Environment {
  readonly DREY_TABLE: string;
  readonly DREY_BUS: string;
  readonly DREY_REJECTED_QUEUE_URL: string;
  readonly DREY_RECONCILE_QUEUE_URL: string;
  readonly DREY_YOUNG_APPLICATION_QUEUE_URL: string;
  readonly DREY_ADMISSION_QUEUE_URL: string;
  readonly DREY_COMMAND_QUEUE_URL: string;
  readonly DREY_DEAD_LETTER_QUEUE_URL: string;
  /** The unique IDs of the roles with which functions send commands, separated by commas. */
  readonly DREY_SENDER_ROLE_IDS: string;
  readonly DREY_BUCKET: string;
  readonly DREY_SCHEDULE_GROUP: string;
  readonly DREY_TIMER_EVENT_QUEUE_ARN: string;
  readonly DREY_TIMER_EVENT_DEAD_LETTER_QUEUE_ARN: string;
  readonly DREY_SCHEDULER_ROLE_ARN: string;
  readonly DREY_STATE_MACHINE_ARN_PREFIX: string;
  /** EKS clusters of this account have an access entry for it. The roles of other targets trust it. */
  readonly DREY_KUBERNETES_ROLE_ARN: string;
  readonly DREY_VERSION: string;
  readonly AWS_LAMBDA_FUNCTION_NAME: string;
  readonly AWS_LAMBDA_FUNCTION_VERSION: string;
  readonly DREY_STAGE: string;
  readonly AWS_REGION: string;
}

/** @throws Error that names the variable when it is missing. */
export const readVariable = (name: keyof Environment): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`The environment variable ${name} is missing.`);
  return value;
};

/** The rights of callers with a token, as JSON. Undefined on a stage without the setting `jwt`. */
export const readGrants = (): string | undefined => process.env['DREY_GRANTS'];
