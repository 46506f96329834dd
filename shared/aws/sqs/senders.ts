import { parsePrincipal, type Principal, toSenderPrincipal } from '#events/principal.ts';

/** What SQS and the sender say about who sent a message of the command queue. */
interface Sender {
  /** `SenderId` of SQS: the unique ID of a user, or that of a role with the session name. Nobody can choose it. */
  readonly senderId: string;
  /** The message attribute `principal`, which any sender can set. */
  readonly claimed: string | undefined;
}

/** Reads who gave the command of a message. */
export type ReadPrincipal = (sender: Sender) => Principal;

/**
 * Who gave the command of a message: its sender. Of a message that a function of Drey has sent for a caller, the caller.
 *
 * @param ownRoleIds The unique IDs of the roles with which Drey sends commands.
 */
export const openSenders =
  (ownRoleIds: readonly string[]): ReadPrincipal =>
  ({ senderId, claimed }) => {
    const isOwn = ownRoleIds.some((roleId) => senderId.startsWith(`${roleId}:`));
    const principal = isOwn && claimed !== undefined ? parsePrincipal(claimed) : undefined;
    return principal ?? toSenderPrincipal(senderId);
  };

export const principalAttribute = 'principal';

/** The message attribute with the principal of a command. It counts only in messages of Drey's own roles. */
export const toPrincipalAttribute = (principal: Principal) => ({
  [principalAttribute]: { DataType: 'String', StringValue: principal },
});
