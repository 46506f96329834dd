import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';

import { listOptions } from '../../model/specs/spec-text.ts';
import { imageOption, resourceOptions } from './cluster-fields.tsx';
import type { SpecEditor } from './spec-editor.ts';

interface Row {
  readonly key: string;
  readonly value: string;
}

const hasOwnField = (key: string): boolean =>
  key === imageOption || resourceOptions.some((option) => option.key === key);

/** The options of Flink that have no field of their own. A row without a key is not in the spec. */
export const OptionFields = ({ editor: { spec, setAll, errorAt } }: { readonly editor: SpecEditor }) => {
  const [rows, setRows] = useState<readonly Row[]>(() =>
    listOptions(spec).flatMap(([key, value]) => (hasOwnField(key) ? [] : [{ key, value }])),
  );
  const change = (index: number, changes: Partial<Row>) => {
    const before = rows[index] ?? { key: '', value: '' };
    const after = { ...before, ...changes };
    const next = rows.with(index, after);
    setRows(next);
    setAll([
      ...(before.key !== after.key && isInSpec(before, rows) ? [[['config', before.key], undefined] as const] : []),
      ...(isInSpec(after, next) ? [[['config', after.key], after.value] as const] : []),
    ]);
  };
  const remove = (index: number) => {
    const key = rows[index]?.key ?? '';
    const next = rows.toSpliced(index, 1);
    setRows(next);
    if (key !== '' && !hasOwnField(key)) setAll([[['config', key], next.find((row) => row.key === key)?.value]]);
  };
  return (
    <Container
      header={
        <Header variant="h2" description="Options of Flink, as -Dkey=value of the command line.">
          Other options
        </Header>
      }
    >
      <AttributeEditor
        items={rows}
        addButtonText="Add option"
        removeButtonText="Remove"
        removeButtonAriaLabel={({ key }) => `Remove option ${key}`}
        empty="None"
        onAddButtonClick={() => setRows([...rows, { key: '', value: '' }])}
        onRemoveButtonClick={({ detail }) => remove(detail.itemIndex)}
        definition={[
          {
            label: 'Key',
            control: ({ key }, index) => (
              <Input
                value={key}
                ariaLabel={`Key of option ${index + 1}`}
                placeholder="execution.checkpointing.interval"
                onChange={({ detail }) => change(index, { key: detail.value })}
              />
            ),
            errorText: ({ key }) =>
              isTwice(key, rows)
                ? 'Another row has this key.'
                : hasOwnField(key)
                  ? 'This option has a field above.'
                  : undefined,
          },
          {
            label: 'Value',
            control: ({ value }, index) => (
              <Input
                value={value}
                ariaLabel={`Value of option ${index + 1}`}
                onChange={({ detail }) => change(index, { value: detail.value })}
              />
            ),
            errorText: ({ key }) => errorAt(['config', key]),
          },
        ]}
      />
    </Container>
  );
};

const isTwice = (key: string, rows: readonly Row[]): boolean =>
  key !== '' && rows.filter((row) => row.key === key).length > 1;

const isInSpec = ({ key }: Row, rows: readonly Row[]): boolean =>
  key !== '' && !hasOwnField(key) && !isTwice(key, rows);
