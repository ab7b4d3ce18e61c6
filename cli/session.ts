import { type Connection, connect } from './connect/connection';
import { usage } from './failure';
import { nearest } from './nearest';
import { type Format, formats, render } from './output/render';
import type { Column } from './output/table';
import { readConfig } from './settings/config-file';
import { type CliSettings, type GlobalOptions, readSettings } from './settings/settings';
import type { Surroundings } from './surroundings';

/** One run of a command: what was asked for globally, and the way to the service. */
export class Session {
  constructor(
    readonly around: Surroundings,
    readonly options: GlobalOptions,
  ) {}

  settings(): Promise<CliSettings> {
    return readSettings(this.around, this.options);
  }

  async connect({ needsVault = true } = {}): Promise<Connection> {
    // A format that does not exist is found out before anything is done.
    await this.#format();
    return connect({
      around: this.around,
      settings: await this.settings(),
      isDebugged: this.options.debug === true,
      needsVault,
    });
  }

  /** Puts data out, in the format that was asked for. */
  async print(data: unknown, columns: readonly Column[] = []): Promise<void> {
    this.around.output(await this.text(data, columns));
  }

  async text(data: unknown, columns: readonly Column[] = []): Promise<string> {
    const isColoured = this.around.isTerminal.output && (this.around.environment['NO_COLOR'] ?? '') === '';
    return render(data, columns, { format: await this.#format(), query: this.options.query, isColoured });
  }

  /** Something for people, where a person looks. */
  tell(line: string): void {
    if (this.around.isTerminal.notes) this.around.note(`${line}\n`);
  }

  /** Asks before what cannot be undone. Without a person, `--yes` says so. */
  async confirm(question: string, { yes }: { readonly yes?: boolean }): Promise<void> {
    if (yes === true) return;
    if (!this.around.isTerminal.input) {
      throw usage(
        `${question} Nobody is here to be asked.`,
        'Add --yes to go on; --what-if shows what would be done.',
      );
    }
    const answer = await this.around.ask(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw usage('Nothing was done.');
  }

  async #format(): Promise<Format> {
    const said = this.options.output ?? this.around.environment['LIFEBOAT_OUTPUT'];
    const wanted = said ?? (await readConfig(this.around)).output ?? 'table';
    const format = formats.find((name) => name === wanted);
    if (format !== undefined) return format;
    const near = nearest(wanted, formats);
    throw usage(
      `There is no format "${wanted}".`,
      near === undefined ? `There are: ${formats.join(', ')}.` : `Did you mean ${near}?`,
    );
  }
}
