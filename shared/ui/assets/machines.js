import { rpoChart } from './charts.js';
import { make, find } from './dom.js';
import { machineDetails } from './machine-details.js';
import { byNeed, machineOf } from './machine.js';
import { duration, mark, megabytes, moment } from './words.js';

/** Points are asked for only of machines that are looked at, a few at a time. */
const mostAtOnce = 4;

/** The table of machines. It keeps its rows over refreshes, so that nothing that is open closes. */
export class Machines {
  constructor() {
    this.waiting = [];
    this.atWork = 0;
    this.watcher = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) this.#want(target.dataset.id);
    });
    find('filter').addEventListener('input', () => this.draw());
    find('filter').addEventListener('submit', (event) => event.preventDefault());
  }

  /** Another viewer: what was known is forgotten. */
  use(api) {
    this.api = api;
    this.machines = [];
    this.open = new Set();
    this.points = new Map();
    this.fresh = new Set();
    this.waiting.length = 0;
  }

  show(items) {
    this.machines = items.map(machineOf).sort(byNeed);
    this.fresh.clear();
    this.draw();
  }

  draw() {
    const { name, health } = Object.fromEntries(new FormData(find('filter')));
    const shown = this.machines.filter(
      (machine) =>
        machine.name.toLowerCase().includes(name.toLowerCase()) &&
        (health === '' || machine.health === health),
    );
    find('shown').textContent =
      shown.length === this.machines.length
        ? `${shown.length} machines`
        : `${shown.length} of ${this.machines.length}`;
    const withChurn = this.machines.some(({ churnBytesPerSecond }) => churnBytesPerSecond !== undefined);
    const titles = ['Machine', 'Health', 'State', 'RPO', 'Last day', 'Backlog', 'Last proven failover'];
    if (withChurn) titles.splice(5, 0, 'Churn');
    const table = find('machine-table');
    table.tHead.replaceChildren(
      make(
        'tr',
        {},
        titles.map((title) => make('th', { scope: 'col' }, title)),
      ),
    );
    this.watcher.disconnect();
    const focused = document.activeElement?.closest('tr')?.dataset.id;
    const rows = shown.flatMap((machine) => this.#rows(machine, { withChurn, width: titles.length }));
    table.tBodies[0].replaceChildren(
      ...(rows.length > 0 ? rows : [emptyRow(this.machines.length === 0, titles.length)]),
    );
    for (const row of table.tBodies[0].rows) if (row.dataset.id !== undefined) this.watcher.observe(row);
    if (focused !== undefined) this.#row(focused)?.querySelector('button')?.focus();
  }

  #rows(machine, { withChurn, width }) {
    const isOpen = this.open.has(machine.id);
    const known = this.points.get(machine.id);
    const row = make(
      'tr',
      { 'data-id': machine.id },
      make(
        'th',
        { scope: 'row' },
        make(
          'button',
          {
            class: 'link',
            type: 'button',
            'aria-expanded': String(isOpen),
            onclick: () => this.#toggle(machine.id),
          },
          machine.name,
        ),
      ),
      make('td', {}, mark(machine.health)),
      make(
        'td',
        { class: 'state' },
        machine.running === undefined ? machine.state : `${machine.state} · ${machine.running}`,
      ),
      make(
        'td',
        { class: 'number' },
        machine.rpoInSeconds === undefined ? '–' : duration(machine.rpoInSeconds),
      ),
      make('td', { class: 'chart' }, known === undefined ? '' : rpoChart(known, { nowInMs: Date.now() })),
      withChurn
        ? make(
            'td',
            { class: 'number' },
            machine.churnBytesPerSecond === undefined ? '–' : rate(machine.churnBytesPerSecond),
          )
        : undefined,
      make(
        'td',
        { class: 'number' },
        machine.backlogMegabytes === undefined ? '–' : megabytes(machine.backlogMegabytes),
      ),
      make('td', {}, machine.testedAt === undefined ? 'never' : moment(machine.testedText)),
    );
    if (!isOpen) return [row];
    return [
      row,
      make('tr', { class: 'details' }, make('td', { colspan: width }, machineDetails(machine, known))),
    ];
  }

  #toggle(id) {
    if (!this.open.delete(id)) this.open.add(id);
    this.draw();
    this.#row(id)?.querySelector('button')?.focus();
  }

  #row(id) {
    return [...find('machine-table').tBodies[0].rows].find((row) => row.dataset.id === id);
  }

  #want(id) {
    if (this.fresh.has(id) || this.waiting.includes(id)) return;
    this.fresh.add(id);
    this.waiting.push(id);
    this.#work();
  }

  #work() {
    while (this.atWork < mostAtOnce && this.waiting.length > 0) {
      const id = this.waiting.shift();
      this.atWork += 1;
      const { api } = this;
      api
        .points(id)
        .then((points) => {
          if (api !== this.api) return;
          this.points.set(id, points);
          this.#drawPoints(id, points);
        })
        // A machine that has just gone has no points; the next refresh takes its row away.
        .catch(() => undefined)
        .finally(() => {
          this.atWork -= 1;
          this.#work();
        });
    }
  }

  #drawPoints(id, points) {
    const row = this.#row(id);
    if (row === undefined) return;
    row.querySelector('.chart').replaceChildren(rpoChart(points, { nowInMs: Date.now() }));
    const machine = this.machines.find((one) => one.id === id);
    const details = row.nextElementSibling;
    if (machine !== undefined && details?.classList.contains('details')) {
      details.cells[0].replaceChildren(machineDetails(machine, points));
    }
  }
}

function emptyRow(isVaultEmpty, width) {
  const said = isVaultEmpty
    ? 'Nothing is protected yet. lifeboat protect <machine> begins.'
    : 'No machine is like that.';
  return make('tr', {}, make('td', { class: 'quiet', colspan: width }, said));
}

function rate(bytesPerSecond) {
  return `${megabytes((bytesPerSecond * 86_400) / 2 ** 20)}/day`;
}
