import { javascript } from '@codemirror/lang-javascript';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { Compartment, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup, EditorView } from 'codemirror';
import { type ReactNode, useEffect, useRef } from 'react';

export interface Mark {
  readonly from: number;
  readonly to: number;
}

export interface CodeEditorProps {
  /** Another language needs another editor. */
  readonly language: 'js' | 'ts' | 'python';
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Places to underline. */
  readonly marks: readonly Mark[];
}

/**
 * A CodeMirror editor. It lives in a shadow tree: there its styles are adopted sheets, which a page without inline
 * styles allows.
 */
export default function CodeEditor(props: CodeEditorProps): ReactNode {
  const { marks } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const newest = useRef(props);
  newest.current = props;
  useEffect(() => {
    if (!host.current) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' });
    const editor = openEditor(root, newest.current, (text) => newest.current.onChange(text));
    view.current = editor;
    if (newest.current.language === 'python') addPython(editor);
    return () => editor.destroy();
  }, []);
  useEffect(() => {
    view.current?.dispatch({ effects: setMarks.of(marks) });
  }, [marks]);
  return <div ref={host} className="editor-host" />;
}

function openEditor(
  root: ShadowRoot,
  { value, language, label }: CodeEditorProps,
  onChange: (value: string) => void,
): EditorView {
  return new EditorView({
    doc: value,
    root,
    parent: root,
    extensions: [
      basicSetup,
      grammar.of(language === 'python' ? [] : javascript({ typescript: language === 'ts' })),
      syntaxHighlighting(COLOURS),
      LOOK,
      markField,
      // A label outside of the shadow tree cannot be referred to by its id.
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.doc.toString());
      }),
    ],
  });
}

const grammar = new Compartment();

/** Its grammar comes when the first script is edited; until then the script is plain. */
function addPython(editor: EditorView): void {
  import('@codemirror/lang-python').then(
    ({ python }) => editor.dispatch({ effects: grammar.reconfigure(python()) }),
    () => undefined, // it stays plain
  );
}

const setMarks = StateEffect.define<readonly Mark[]>();
const marked = Decoration.mark({ class: 'cm-free-name' });

/** Underlined places; they move with the text and go with the next submission. */
const markField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, transaction) {
    let marks = before.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setMarks)) continue;
      const length = transaction.state.doc.length;
      const inside = effect.value.filter((mark) => mark.from < mark.to && mark.to <= length);
      marks = Decoration.set(inside.map((mark) => marked.range(mark.from, mark.to)));
    }
    return marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.comment], color: 'var(--ink-soft)', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.className], color: 'var(--code-name)' },
]);

const LOOK = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: 'var(--surface)', color: 'var(--ink)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': {
    backgroundColor: 'var(--surface)',
    color: 'var(--ink-soft)',
    border: 'none',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--code-line)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
    { backgroundColor: 'var(--code-selection)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--code-selection)',
  },
  '.cm-free-name': {
    textDecoration: 'underline wavy var(--bad)',
    textUnderlineOffset: '3px',
    backgroundColor: 'var(--bad-soft)',
  },
  '.cm-tooltip, .cm-panels': { backgroundColor: 'var(--surface)', color: 'var(--ink)' },
});
