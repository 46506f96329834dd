/** More of a reason than a table of many needs. */
const maxLength = 160;

/** The beginning of a long text. Hover shows the whole, which is on the page of its subject. */
export const ShortText = ({ text }: { readonly text: string }) =>
  text.length <= maxLength ? (
    text
  ) : (
    <span title={text} style={{ overflowWrap: 'anywhere' }}>
      {text.slice(0, maxLength).trimEnd()}…
    </span>
  );
