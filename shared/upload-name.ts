/** The most characters that the API takes for the name of an upload. */
const maxLength = 200;

/** The name of the upload of a jar, by the name of its file without folders. Characters that are not allowed become `_`. */
export const toUploadName = (fileName: string): string => {
  const stem = fileName.replace(/\.jar$/i, '').replaceAll(/[^\w.-]/g, '_');
  return `${stem.slice(0, maxLength - '.jar'.length) || '_'}.jar`;
};
