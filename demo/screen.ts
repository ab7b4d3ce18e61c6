/** What the demo shows: headings, facts and one line that moves. Colours only where a person looks on. */
export class Screen {
  readonly isTerminal: boolean;
  #moving = false;
  #chapters = 0;

  constructor(private readonly out: NodeJS.WriteStream) {
    this.isTerminal = out.isTTY && process.env['NO_COLOR'] === undefined;
  }

  chapter(text: string): void {
    this.title(`${++this.#chapters}. ${text}`);
  }

  title(text: string): void {
    this.#settle();
    this.out.write(`\n${this.#paint('1', text)}\n`);
  }

  say(text: string): void {
    this.#settle();
    this.out.write(`  ${text}\n`);
  }

  good(text: string): void {
    this.say(`${this.#paint('32', 'ok')}  ${text}`);
  }

  bad(text: string): void {
    this.say(`${this.#paint('31', 'no')}  ${text}`);
  }

  /** A line that is written over by the next; off a terminal only its end is shown. */
  progress(text: string, share: number): void {
    if (!this.isTerminal) return;
    const width = 30;
    const full = Math.round(Math.max(0, Math.min(1, share)) * width);
    this.out.write(`\r  ${this.#paint('36', '#'.repeat(full))}${'.'.repeat(width - full)} ${text}\u001b[K`);
    this.#moving = true;
  }

  #settle(): void {
    if (this.#moving) this.out.write('\r\u001b[K');
    this.#moving = false;
  }

  #paint(code: string, text: string): string {
    return this.isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}
