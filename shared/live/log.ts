import { createLogger } from '#shared/aws/logger.ts';
import type { Log } from '#shared/clusters/ports/runtime.ts';

import { readVariable } from './environment.ts';

export const version = readVariable('DREY_VERSION');

/** The logger of the function, which adds the fields of the invocation to each line. */
export const logger = createLogger({
  stage: readVariable('DREY_STAGE'),
  function: readVariable('AWS_LAMBDA_FUNCTION_NAME'),
  functionVersion: readVariable('AWS_LAMBDA_FUNCTION_VERSION'),
});

/** The same logger as the use cases see it. */
export const log: Log = {
  info: (message, fields = {}) => logger.info(message, fields),
  warn: (message, fields = {}) => logger.warn(message, fields),
  error: (message, fields = {}) => logger.error(message, fields),
};
