import { make, find } from './dom.js';
import { mark } from './words.js';

/** How many machines fare how, and what is wrong with how many. */
export function showHealth({ properties }) {
  const {
    resourceCount = 0,
    categorizedResourceCounts = {},
    issues = [],
  } = properties.protectedItemsHealth ?? {};
  const counted = ['Critical', 'Warning', 'Normal', 'None'].filter(
    (health) => health !== 'None' || (categorizedResourceCounts.None ?? 0) > 0,
  );
  const counts = counted.map((health) =>
    make('li', {}, make('b', {}, String(categorizedResourceCounts[health] ?? 0)), mark(health)),
  );
  const all = [...issues, ...(properties.fabricsHealth?.issues ?? [])];
  find('health').replaceChildren(
    make(
      'ul',
      { class: 'counts' },
      make('li', {}, make('b', {}, String(resourceCount)), 'protected'),
      counts,
    ),
    ...(all.length === 0
      ? []
      : [
          make(
            'ul',
            { class: 'issues' },
            all.map((issue) =>
              make(
                'li',
                {},
                make('strong', {}, issue.summaryCode),
                ` ${issue.summaryMessage ?? ''} (${(issue.affectedResourceCorrelationIds ?? []).length})`,
              ),
            ),
          ),
        ]),
  );
}
