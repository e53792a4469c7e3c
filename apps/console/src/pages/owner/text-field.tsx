import type { ReactNode } from 'react';
import { Field } from '../new-job/field.tsx';

interface TextFieldProps {
  readonly title: string;
  readonly hint: string;
  readonly value: string;
  readonly set: (text: string) => void;
}

export function TextField({ title, hint, value, set }: TextFieldProps): ReactNode {
  return (
    <Field title={title} hint={hint}>
      {(control) => (
        <input
          {...control}
          maxLength={2_000}
          value={value}
          onChange={(event) => set(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
