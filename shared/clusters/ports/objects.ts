import type { ClusterRef } from '#events/names.ts';
import type { SpecHead } from '#events/records/specs.ts';
import type { Page, PageRequest } from '#shared/clusters/model/page.ts';

/** Uploaded jars. Each has an address such as `s3://bucket/uploads/<target>/<id>/<name>`. */
export interface Jars {
  /**
   * Presigns an upload.
   *
   * @returns The address of the jar for commands, and the URL and headers of the PUT request, which is valid until
   *   `expiresAt`.
   */
  createUpload(request: { readonly target: string; readonly name: string; readonly bytes: number }): Promise<{
    readonly jar: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly expiresAt: Date;
  }>;
  /**
   * The size, the first four bytes and the digest of a jar. Undefined for a missing jar, and for a jar of another target.
   * Jars of the same digest have the same content. The digest may be missing.
   */
  inspect(
    jar: string,
    target: string,
  ): Promise<{ readonly bytes: number; readonly head: Uint8Array; readonly digest?: string | undefined } | undefined>;
  /**
   * The content of a jar. The stream throws Fault `deadline-exceeded` when no part of it comes in time.
   *
   * @throws Fault `jar-refused` when the jar is missing.
   */
  open(
    jar: string,
    signal: AbortSignal,
  ): Promise<{ readonly stream: AsyncIterable<Uint8Array>; readonly bytes: number }>;
  /** Restarts the retention of a jar, unless it was restarted within the last seven days. False: the jar is missing. */
  renew(jar: string): Promise<boolean>;
}

/** Bodies of commands. They are stored outside of the table, because they may be large and may hold secrets. */
export interface Payloads {
  /** Stores a body as JSON, and replaces an earlier one. */
  put(operationId: string, data: unknown): Promise<void>;
  /** The stored body. Undefined when it was removed, or when its retention has ended. */
  read(operationId: string): Promise<unknown>;
  /** Removes a body. A missing one is ignored. */
  remove(operationId: string): Promise<void>;
  /** Restarts the retention of a body, unless it was restarted within the last seven days. False: the body is missing. */
  renew(operationId: string): Promise<boolean>;
  /**
   * A body that a caller uploaded for a command. Undefined for a missing upload, and for an upload of another target.
   *
   * @throws Fault `malformed-request` when the upload is too large or not JSON.
   */
  readUpload(dataref: string, target: string): Promise<unknown>;
  /** Removes the uploaded body of a command. An upload of another target, or of another kind, stays. */
  removeUpload(dataref: string, target: string): Promise<void>;
}

/** The stored specs of deploys, by target and name. Reads return the last write. */
export interface Specs {
  list(target: string, page: PageRequest): Promise<Page<SpecHead>>;
  /** Undefined when there is no such spec. */
  read(target: string, name: string): Promise<{ readonly data: unknown; readonly updatedAt: string } | undefined>;
  /** Stores a spec, and replaces an earlier one. */
  put(target: string, name: string, data: unknown): Promise<void>;
  /** Removes a spec. A missing one is ignored. */
  remove(target: string, name: string): Promise<void>;
}

/** The specs of revisions, by the operation of their deploy. Each has as long a retention as its record, or a longer one. */
export interface RevisionSpecs {
  /** Stores a spec as JSON. */
  put(operationId: string, spec: unknown): Promise<void>;
  /** Undefined when it was removed, or when its retention has ended. */
  read(operationId: string): Promise<unknown>;
  /** Removes a spec. A missing one is ignored. */
  remove(operationId: string): Promise<void>;
  /** Restarts the retention of a spec, unless it was restarted within the last seven days. False: the spec is missing. */
  renew(operationId: string): Promise<boolean>;
}

/** A file of an incarnation: of the cluster, of its deploy operation, and by its name. */
export interface KeptFileRef extends ClusterRef {
  readonly operationId: string;
  readonly name: string;
}

/** The logs that outlive their cluster. Each file has a retention, which the stage sets. */
export interface KeptLogs {
  /** Stores a file, and replaces an earlier one. */
  put(file: KeptFileRef, content: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Undefined when there is no such file, or when its retention has ended. */
  read(file: KeptFileRef, signal: AbortSignal): Promise<Uint8Array | undefined>;
}
