import { make, find } from './dom.js';
import { mark, moment } from './words.js';

/** The newest jobs; the tasks of one are read when it is opened. */
export class Jobs {
  /** Another viewer: what was known is forgotten. */
  use(api) {
    this.api = api;
    this.tasks = new Map();
    this.open = new Set();
  }

  show(jobs) {
    const entries = jobs.map((job) => this.#entry(job));
    find('jobs').replaceChildren(
      ...(entries.length > 0 ? entries : [make('p', { class: 'quiet' }, 'No job has run yet.')]),
    );
    for (const id of this.open) void this.#read(id);
  }

  #entry({ id, properties }) {
    const tasks = make(
      'div',
      { 'data-job': id },
      this.tasks.get(id) ?? make('p', { class: 'quiet' }, 'Reading …'),
    );
    return make(
      'details',
      {
        open: this.open.has(id),
        ontoggle: ({ target }) => {
          if (!target.open) this.open.delete(id);
          else if (!this.open.has(id)) {
            this.open.add(id);
            void this.#read(id);
          }
        },
      },
      make(
        'summary',
        {},
        mark(properties.state),
        ` ${properties.friendlyName ?? properties.scenarioName}: ${properties.targetObjectName ?? ''} `,
        make('span', { class: 'quiet' }, moment(properties.startTime)),
      ),
      tasks,
    );
  }

  async #read(id) {
    const shown = await this.api
      .read(id)
      .then(taskList, (error) => make('p', { class: 'quiet' }, error.message));
    this.tasks.set(id, shown);
    document.querySelector(`[data-job="${CSS.escape(id)}"]`)?.replaceChildren(shown);
  }
}

function taskList({ properties }) {
  const errors = (properties.errors ?? []).map(({ serviceErrorDetails: error }) =>
    make(
      'div',
      { class: 'problem' },
      make('p', {}, make('strong', {}, error?.code ?? ''), ` ${error?.message ?? ''}`),
      make('p', {}, make('strong', {}, 'Next: '), error?.recommendedAction ?? ''),
    ),
  );
  const tasks = (properties.tasks ?? []).map((task) =>
    make(
      'li',
      {},
      `${task.friendlyName ?? task.name} `,
      make('span', { class: 'quiet' }, task.stateDescription ?? task.state),
    ),
  );
  return make(
    'div',
    {},
    errors,
    tasks.length === 0 ? make('p', { class: 'quiet' }, 'It has no tasks.') : make('ol', {}, tasks),
  );
}
