import { isArray, type Value } from '../json';
import type { Compiler } from './compile-expression';
import { type Row, type Scope, withName } from './scope';
import type { Expression, Source } from './syntax';
import { queryError } from './query-error';

type Documents = Iterable<Value>;
type Step = (row: Row, documents: Documents) => Iterable<Value>;

export interface CompiledSources {
  /** The scope in which the rest of the query sees every alias. */
  readonly scope: Scope;
  rows(outer: Row, documents: Documents): Iterable<Row>;
}

/** FROM and JOIN: each step adds one value to the row. Of the outermost query the first name is the documents. */
export function compileSources(
  sources: readonly Source[],
  outer: Scope,
  compiler: Compiler,
  isOutermost: boolean,
): CompiledSources {
  const steps: Step[] = [];
  let scope = outer;
  const add = (name: string, step: Step): void => {
    if (scope.slots.has(name) && !outer.slots.has(name)) {
      throw queryError('SC2011', `The input alias '${name}' is specified more than once in the FROM clause.`);
    }
    scope = withName(scope, name);
    steps.push(step);
  };

  sources.forEach((source, index) => {
    if (isOutermost && index === 0) {
      if (isPlain(source)) return add(source.alias, (_, documents) => documents);
      add(baseOf(source.of), (_, documents) => documents);
    }
    if (source.alias !== baseOf(source.of) || !isPlain(source))
      add(source.alias, stepOf(source, scope, compiler));
  });
  const { budget } = outer.given;
  return {
    scope,
    rows: (row, documents) => rowsFrom({ steps, documents, spend: () => budget.spend() }, row, 0),
  };
}

function stepOf(source: Source, scope: Scope, compiler: Compiler): Step {
  const of = compiler.expression(source.of, scope);
  if (source.isIterated) {
    return (row) => {
      const items = of(row);
      return isArray(items) ? items : [];
    };
  }
  return (row) => {
    const value = of(row);
    return value === undefined ? [] : [value];
  };
}

interface Steps {
  readonly steps: readonly Step[];
  readonly documents: Documents;
  spend(): void;
}

function* rowsFrom(all: Steps, row: Row, index: number): Generator<Row> {
  const step = all.steps[index];
  if (step === undefined) {
    yield row;
    return;
  }
  for (const value of step(row, all.documents)) {
    if (index > 0) all.spend();
    yield* rowsFrom(all, [...row, value], index + 1);
  }
}

function isPlain({ of, isIterated }: Source): boolean {
  return of.kind === 'name' && !isIterated;
}

function baseOf(expression: Expression): string {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind === 'member') return baseOf(expression.of);
  return '';
}
