import type { Finding } from './finding';
import { readInfra } from './infra';
import { azd } from './rules/azd';
import { entities } from './rules/entities';
import { hardening } from './rules/hardening';
import { inventoryRule } from './rules/inventory';
import { lengths } from './rules/lengths';
import { modules } from './rules/modules';
import { names } from './rules/names';
import { places } from './rules/places';
import { roles } from './rules/roles';
import { secrets } from './rules/secrets';
import { settings } from './rules/settings';
import { syntax } from './rules/syntax';
import { versions } from './rules/versions';

const rules = [
  ...[names, modules, roles, secrets, hardening, versions],
  ...[settings, lengths, places, entities, azd, inventoryRule],
];

/** Everything that is wrong with these files. Where one does not parse, only that is said. */
export async function lintInfra(
  files: ReadonlyMap<string, string>,
  settingNames: readonly string[],
): Promise<Finding[]> {
  const infra = await readInfra(files, settingNames);
  const broken = syntax(infra);
  return broken.length > 0 ? broken : rules.flatMap((rule) => rule(infra));
}
