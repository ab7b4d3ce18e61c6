import { rpoChart, timeLine } from './charts.js';
import { make } from './dom.js';
import { moment } from './words.js';

/** All that is known of one machine. */
export function machineDetails(machine, points) {
  const nowInMs = Date.now();
  return make(
    'div',
    {},
    machine.errors.map(problem),
    make(
      'p',
      { class: 'quiet' },
      `${machine.scenario}, policy ${machine.policy}, ${machine.disks} disks, active at the ${machine.active.toLowerCase()} side. ` +
        `Allowed now: ${machine.allowed.join(', ') || 'nothing'}.`,
    ),
    make('h3', {}, 'RPO over the last day'),
    points === undefined
      ? make('p', { class: 'quiet' }, 'Reading …')
      : rpoChart(points, { nowInMs, width: 720, height: 90, withAxis: true }),
    make('h3', {}, `Recovery points${points === undefined ? '' : ` (${points.length})`}`),
    points === undefined ? make('p', { class: 'quiet' }, 'Reading …') : timeLine(points, { nowInMs }),
  );
}

function problem(error) {
  return make(
    'div',
    { class: 'problem' },
    make('p', {}, make('strong', {}, error.errorCode), ` ${error.errorMessage}`),
    make('p', { class: 'quiet' }, `Since ${moment(error.creationTimeUtc)}. ${error.possibleCauses ?? ''}`),
    make('p', {}, make('strong', {}, 'Next: '), error.recommendedAction ?? ''),
  );
}
