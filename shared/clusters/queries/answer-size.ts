/** Lambda's limit of an answer is 6 MiB, with its headers. */
export const maxAnswerBytes = 6_000_000;

/** The bytes of a body in the answer of a function, where JSON has it as a text: some characters are escaped there. */
export const countAnswerBytes = (body: string): number => Buffer.byteLength(JSON.stringify(body));

/** The bytes of a text that is a member of a body. */
export const countMemberBytes = (text: string): number => countAnswerBytes(JSON.stringify(text));
