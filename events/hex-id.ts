/** Of IDs with 32 hexadecimal digits. */
export const hex32 = /^[0-9a-f]{32}$/;

/** Whether a text has the form of the IDs of Flink, of a job for example. Flink writes lower-case digits only. */
export const isHexId = (text: string): boolean => hex32.test(text);
