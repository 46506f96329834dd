/** The texts of elements in the answers of S3 and STS. The elements that Drey reads have no attributes. */

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const unescapeXml = (text: string): string =>
  text.replaceAll(
    /&(?:#x([\da-f]{1,6})|#(\d{1,7})|([a-z]{2,4}));/gi,
    (all, hex?: string, decimal?: string, name = '') => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return Number.isNaN(code) ? (entities[String(name)] ?? all) : String.fromCodePoint(code);
    },
  );

/** The contents of all elements of this name, as XML. */
export const listElements = (xml: string, name: string): readonly string[] =>
  xml
    .split(`<${name}>`)
    .slice(1)
    .map((rest) => rest.slice(0, rest.indexOf(`</${name}>`)));

/** The text of the first element of this name. */
export const readElement = (xml: string, name: string): string | undefined => {
  const [content] = listElements(xml, name);
  return content === undefined ? undefined : unescapeXml(content);
};
