import type { SubmitData } from '#events/commands/index.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';

/** The program that a submit started. Undefined for other operations. */
export const findProgram = (operation: StoredOperation | undefined): SubmitData | undefined =>
  operation === undefined ? undefined : findRequest(operation, 'submit')?.data;
