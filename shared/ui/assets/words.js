import { make } from './dom.js';

const marks = { Normal: '●', Warning: '▲', Critical: '■', None: '○', Succeeded: '●', Failed: '■' };

/** Health in words and shape, so that no one needs to see the colour. */
export function mark(word) {
  return make('span', { class: `mark ${word}` }, `${marks[word] ?? '○'} ${word}`);
}

export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3_600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** 2026-01-31 12:00 UTC; a dash where there is no time. */
export function moment(text) {
  const time = timeOf(text);
  return time === undefined ? '–' : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The API writes years before 1900 where there is no time. */
export function timeOf(text) {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) || time < Date.UTC(1900, 0) ? undefined : time;
}

export function megabytes(count) {
  if (count >= 1024) return `${(count / 1024).toFixed(1)} GB`;
  return `${Math.ceil(count)} MB`;
}
