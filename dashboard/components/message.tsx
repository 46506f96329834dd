import Box from '@cloudscape-design/components/box';

/** A text of the API or of the page, whose words in backticks are code. */
export const Message = ({ text }: { readonly text: string }) =>
  text.split(/`([^`\n]+)`/).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <Box key={index} variant="code" display="inline">
        {part}
      </Box>
    ),
  );
