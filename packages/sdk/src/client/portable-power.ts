import type { Node, parse } from 'acorn';

type Program = ReturnType<typeof parse>;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Nodes of the kinds that are looked at; acorn's own types name every kind there is. */
interface Power extends Node {
  readonly operator: string;
  readonly left: Node & { readonly name?: string; readonly computed?: boolean } & Record<
      'object' | 'property',
      Node
    >;
  readonly right: Node;
}

/**
 * The source with each `a ** b` as a call: engines differ in the last bits of the operator, and a sandbox can replace
 * Math.pow but no operator. Lines keep their numbers.
 */
export function withoutPowers(source: string, program: Program): string {
  const powers = powersOf(program);
  if (powers.length === 0) return source;
  const helper = nameFor(source);
  return `${new Rewriter(source, helper).text(program, powers)}\n${helperSource(helper)}`;
}

/** Big integers have no Math.pow. */
function helperSource(name: string): string {
  return `function ${name}(a, b) { return typeof a === 'bigint' ? a ** b : Math.pow(a, b); }\n`;
}

function nameFor(source: string): string {
  let name = 'power';
  while (source.includes(name)) name += '_';
  return name;
}

class Rewriter {
  readonly #source: string;
  readonly #helper: string;

  constructor(source: string, helper: string) {
    this.#source = source;
    this.#helper = helper;
  }

  /** A node's source with the powers inside it replaced. */
  text(node: Node, powers: readonly Power[]): string {
    const inside = powers.filter((power) => power.start >= node.start && power.end <= node.end);
    const outermost = inside.filter(
      (power) => !inside.some((other) => other !== power && contains(other, power)),
    );
    const edits = outermost.map(
      (power): Edit => ({ start: power.start, end: power.end, text: this.#call(power, inside) }),
    );
    return applied(this.#source, node, edits);
  }

  #call(power: Power, powers: readonly Power[]): string {
    const inner = powers.filter((other) => other !== power);
    const left = this.#argument(power.left, inner);
    const right = this.#argument(power.right, inner);
    const call = (base: string, exponent: string) => `${this.#helper}(${base}, ${exponent})`;
    if (power.operator === '**') return call(left, right);
    if (isSimple(power.left)) return `${left} = ${call(left, right)}`;
    const object = this.#argument(power.left.object, inner);
    const property = this.#argument(power.left.property, inner);
    const key = power.left.computed ? property : `'${property}'`;
    return `((o, k, b) => (o[k] = ${call('o[k]', 'b')}))(${object}, ${key}, ${right})`;
  }

  /** A node knows nothing of the parentheses around it. */
  #argument(node: Node, powers: readonly Power[]): string {
    const text = this.text(node, powers);
    return node.type === 'SequenceExpression' ? `(${text})` : text;
  }
}

/** Whether reading and then writing it evaluates nothing twice. */
function isSimple(target: Power['left']): boolean {
  if (target.type !== 'MemberExpression') return true;
  const { object, property, computed } = target;
  const plain = ['Identifier', 'ThisExpression', 'Literal', 'PrivateIdentifier'];
  return plain.includes(object.type) && (!computed || plain.includes(property.type));
}

function contains(outer: Node, inner: Node): boolean {
  return outer.start <= inner.start && outer.end >= inner.end;
}

function applied(source: string, { start, end }: Node, edits: readonly Edit[]): string {
  let text = '';
  let at = start;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at, end);
}

function powersOf(program: Program): Power[] {
  const found: Power[] = [];
  const waiting: unknown[] = [program];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node !== 'object' || node === null) continue;
    const { operator } = node as { operator?: unknown };
    if (operator === '**' || operator === '**=') found.push(node as Power);
    waiting.push(...Object.values(node));
  }
  return found;
}
