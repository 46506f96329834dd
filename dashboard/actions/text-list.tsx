import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';

interface TextListProps {
  readonly label: string;
  readonly description?: string;
  /** Of one text: `Argument`. */
  readonly itemLabel: string;
  readonly items: readonly string[];
  readonly onChange: (items: readonly string[]) => void;
  readonly errorText?: string;
}

/** Texts in an order: the arguments of a program. */
export const TextList = ({ label, description, itemLabel, items, onChange, errorText }: TextListProps) => (
  <FormField label={label} description={description} errorText={errorText} stretch>
    <AttributeEditor
      items={items}
      addButtonText={`Add ${itemLabel.toLowerCase()}`}
      removeButtonText="Remove"
      removeButtonAriaLabel={(item) => `Remove ${itemLabel.toLowerCase()} ${item}`}
      empty="None"
      onAddButtonClick={() => onChange([...items, ''])}
      onRemoveButtonClick={({ detail }) => onChange(items.filter((_, index) => index !== detail.itemIndex))}
      definition={[
        {
          label: itemLabel,
          control: (item, index) => (
            <Input
              value={item}
              ariaLabel={`${itemLabel} ${index + 1}`}
              onChange={({ detail }) => onChange(items.with(index, detail.value))}
            />
          ),
        },
      ]}
    />
  </FormField>
);
