import { readWidgetOptions, type WidgetOptions } from './options.ts';
import { Widget, type WidgetHandle } from './widget.ts';

export type { WidgetError, WidgetState, WidgetStatus } from './messages.ts';
export type { WidgetOptions } from './options.ts';
export type { WidgetEvents, WidgetHandle } from './widget.ts';

/** `window.Manytabs`. */
export interface Manytabs {
  readonly version: string;
  /** The address of the grid. */
  readonly grid: string;
  /** A widget in an element, by its `data-` attributes and these options; the same element gives the same widget. */
  render(where: HTMLElement | string, options?: Partial<WidgetOptions>): WidgetHandle;
  /** Renders every `.manytabs-widget` of the page that has none yet. */
  renderAll(): void;
}

declare global {
  interface Window {
    Manytabs?: Manytabs;
  }
}

export const VERSION = '0.1.0';
const ELEMENT = 'manytabs-widget';

/** The one `Manytabs` of the page: who asks again gets the first. */
export function manytabsOf(grid: string): Manytabs {
  window.Manytabs ??= createManytabs(grid);
  defineElement(window.Manytabs);
  return window.Manytabs;
}

function createManytabs(grid: string): Manytabs {
  const widgets = new Map<HTMLElement, WidgetHandle>();
  const render: Manytabs['render'] = (where, options = {}) => {
    const element = elementOf(where);
    const known = widgets.get(element);
    if (known) return known;
    const read = readWidgetOptions((name) => attributeOf(element, name, options));
    for (const name of read.ignored) console.warn(`Manytabs: the value of ${name} is ignored.`);
    const made = new Widget(element, read.options, grid, () => widgets.delete(element));
    widgets.set(element, made);
    callBack(element, made);
    return made;
  };
  const renderAll = () => {
    for (const element of document.querySelectorAll<HTMLElement>(`div.${ELEMENT}`)) render(element);
  };
  return { version: VERSION, grid, render, renderAll };
}

function elementOf(where: HTMLElement | string): HTMLElement {
  const element = typeof where === 'string' ? document.querySelector<HTMLElement>(where) : where;
  if (element) return element;
  throw new TypeError(`Manytabs.render: the page has no ${where}.`);
}

const OPTION_OF: Readonly<Record<string, keyof WidgetOptions>> = {
  'consent-hours': 'consentHours',
};

function attributeOf(
  element: HTMLElement,
  name: string,
  options: Partial<WidgetOptions>,
): string | null {
  const said = options[OPTION_OF[name] ?? (name as keyof WidgetOptions)];
  if (said !== undefined) return String(said);
  const plain = element.localName === ELEMENT ? element.getAttribute(name) : null;
  return element.getAttribute(`data-${name}`) ?? plain;
}

/** `data-callback` and `data-error-callback` name functions of the page. */
function callBack(element: HTMLElement, widget: WidgetHandle): void {
  const functionOf = (name: string | undefined) => {
    const value =
      name === undefined ? undefined : (window as unknown as Record<string, unknown>)[name];
    return typeof value === 'function' ? value : undefined;
  };
  widget.on('status', (status) => functionOf(element.dataset.callback)?.(status));
  widget.on('error', (error) => functionOf(element.dataset.errorCallback)?.(error));
}

/** Here and not at the top: a server has no HTMLElement. */
function defineElement(manytabs: Manytabs): void {
  if (customElements.get(ELEMENT)) return;
  class ManytabsWidget extends HTMLElement {
    #widget: WidgetHandle | undefined;

    connectedCallback(): void {
      this.#widget = manytabs.render(this);
    }

    disconnectedCallback(): void {
      this.#widget?.remove();
    }
  }
  customElements.define(ELEMENT, ManytabsWidget);
}
