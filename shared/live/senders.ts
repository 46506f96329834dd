import { openSenders } from '#shared/aws/sqs/senders.ts';

import { readVariable } from './environment.ts';

/** Reads who gave the command of a message. The roles of this stage may name another principal. */
export const readSender = openSenders(readVariable('DREY_SENDER_ROLE_IDS').split(','));
