import type { SubmitData } from '#events/commands/index.ts';
import { lenient } from '#events/lenient.ts';
import { Fault, parseWritten } from '#events/problems/problem.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { findRequest, type RequestOf, SubmitPayload } from '#shared/clusters/model/records/request.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** What the record of a submit says about its program. Undefined for other operations. */
export const findProgram = (operation: StoredOperation | undefined): RequestOf<'submit'>['data'] | undefined =>
  operation === undefined ? undefined : findRequest(operation, 'submit')?.data;

/** The data of a submit, with its arguments, options and script. @throws Fault `not-found` when they are no longer stored. */
export const readSubmit = async (
  operationId: string,
  program: RequestOf<'submit'>['data'],
  ports: Pick<Ports, 'payloads'>,
): Promise<SubmitData> => ({ ...program, ...(await readSubmitPayload(operationId, ports)) });

/** The arguments, options and script of a submit. @throws Fault `not-found` when they are no longer stored. */
export const readSubmitPayload = async (operationId: string, { payloads }: Pick<Ports, 'payloads'>) => {
  const value = await payloads.read(operationId);
  if (value === undefined)
    throw new Fault('not-found', `The arguments and options of submit ${operationId} are no longer stored.`);
  return parseWritten(lenient(SubmitPayload, 'drop'), { kind: 'payload of a submit', value });
};
