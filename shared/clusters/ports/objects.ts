import type { SpecHead } from '#events/specs.ts';

export interface Jars {
  /** An address to PUT the jar to, for a while, and what the command calls it. */
  upload(request: { readonly target: string; readonly name: string; readonly bytes: number }): Promise<{
    readonly jar: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly expiresAt: Date;
  }>;
  /** Size and first bytes. Undefined when there is none. `target` guards against a jar of another target. */
  inspect(jar: string, target: string): Promise<{ readonly bytes: number; readonly head: Uint8Array } | undefined>;
  open(
    jar: string,
    signal: AbortSignal,
  ): Promise<{ readonly stream: AsyncIterable<Uint8Array>; readonly bytes: number }>;
  /** Lets the time for which it is kept begin anew, unless it began within the last week. False: it is gone. */
  renew(jar: string): Promise<boolean>;
}

/** Commands and parts of them that are kept outside of the table: they may be large, and what they hold may be secret. */
export interface Payloads {
  put(operationId: string, data: unknown): Promise<void>;
  /** Undefined when it is no longer kept. */
  read(operationId: string): Promise<unknown>;
  remove(operationId: string): Promise<void>;
  /** What a caller uploaded for a command to a target, as JSON. Undefined when there is no such upload. */
  readUpload(dataref: string, target: string): Promise<unknown>;
}

/** Deploys that are stored by name. */
export interface Specs {
  list(target: string): Promise<readonly SpecHead[]>;
  read(target: string, name: string): Promise<{ readonly data: unknown; readonly updatedAt: string } | undefined>;
  put(target: string, name: string, data: unknown): Promise<void>;
  remove(target: string, name: string): Promise<void>;
}
