import { lenient } from '#events/lenient.ts';
import { OwnFields } from '#events/message.ts';
import { parsePrincipal, type Principal, toSenderPrincipal } from '#events/principal.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { QueuedMessage } from '#shared/clusters/ports/messaging.ts';

/** What SQS and the sender say about a message of the command queue. */
interface Sender {
  /** `SenderId` of SQS: the unique ID of a user, or that of a role with the session name. Nobody can choose it. */
  readonly senderId: string;
  /** The text of a message attribute, which any sender can set. */
  readonly claim: (attribute: string) => string | undefined;
}

type Sent = Pick<QueuedMessage, 'principal' | 'redrivenBy' | 'own'>;

/** Reads who gave the command of a message, and what it says in the attributes that Drey sets. */
export type ReadSender = (sender: Sender) => Sent;

const principalAttribute = 'principal';
const redrivenByAttribute = 'redrivenBy';
const ownAttribute = 'own';

/**
 * Who gave the command of a message: its sender. Of a message that a function of Drey has sent for a caller, the caller.
 *
 * @param ownRoleIds The unique IDs of the roles with which Drey sends commands.
 */
export const openSenders =
  (ownRoleIds: readonly string[]): ReadSender =>
  ({ senderId, claim }) => {
    const isOwn = ownRoleIds.some((roleId) => senderId.startsWith(`${roleId}:`));
    const readPrincipal = (attribute: string): Principal | undefined =>
      parsePrincipal(isOwn ? claim(attribute) : undefined);
    return {
      principal: readPrincipal(principalAttribute) ?? toSenderPrincipal(senderId),
      ...omitUndefined({ redrivenBy: readPrincipal(redrivenByAttribute), own: readOwn(claim(ownAttribute)) }),
    };
  };

const readOwn = (text: string | undefined): Sent['own'] =>
  text === undefined ? undefined : lenient(OwnFields, 'drop').safeParse(toJson(text)).data;

const toJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No part of Drey has written it.
  }
};

/** The message attributes that Drey sets: the principal of the command, who redrove it, and what Drey says about the message. */
export const toOwnAttributes = ({ principal, redrivenBy, own }: Sent) => ({
  [principalAttribute]: stringAttribute(principal),
  ...(redrivenBy === undefined ? {} : { [redrivenByAttribute]: stringAttribute(redrivenBy) }),
  ...(own === undefined ? {} : { [ownAttribute]: stringAttribute(JSON.stringify(own)) }),
});

export const stringAttribute = (StringValue: string) => ({ DataType: 'String', StringValue });
