import { type ReactNode, useId } from 'react';
import './field.css';

interface FieldProps {
  readonly title: string;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
  /** Draws the control with the id and descriptions it must carry. */
  readonly children: (props: {
    id: string;
    'aria-describedby': string;
    'aria-invalid': boolean;
  }) => ReactNode;
}

/** A control with its name, a hint, and what is wrong with it. */
export function Field({ title, hint, problem, children }: FieldProps): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{title}</label>
      {children({ id, 'aria-describedby': `${id}-more`, 'aria-invalid': problem !== undefined })}
      <p id={`${id}-more`} className={problem ? 'field-more bad' : 'field-more quiet'}>
        {problem ?? hint}
      </p>
    </div>
  );
}
