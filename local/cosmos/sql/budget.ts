import { queryError } from './query-error';

/** How much work one query may do beyond reading documents: a join multiplies. */
export class Budget {
  #left: number;

  constructor(steps = 500_000) {
    this.#left = steps;
  }

  spend(): void {
    if (--this.#left < 0)
      throw queryError('SC2102', 'The query joins more values than this server goes through.');
  }
}
