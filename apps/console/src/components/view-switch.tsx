import type { ReactNode } from 'react';
import './view-switch.css';

interface ViewSwitchProps<Id extends string> {
  /** What is chosen here. */
  readonly label: string;
  readonly options: readonly (readonly [id: Id, title: string])[];
  readonly chosen: Id;
  readonly onChange: (id: Id) => void;
}

/** A few ways to look at the same. */
export function ViewSwitch<Id extends string>(props: ViewSwitchProps<Id>): ReactNode {
  return (
    <fieldset className="switch">
      <legend className="visually-hidden">{props.label}</legend>
      {props.options.map(([id, title]) => (
        <button
          key={id}
          type="button"
          className="small"
          aria-pressed={props.chosen === id}
          onClick={() => props.onChange(id)}
        >
          {title}
        </button>
      ))}
    </fieldset>
  );
}
