import { LifeboatError } from '../../errors';

/** The parts of an ARM id outside of vaults. */
export interface ArmId {
  readonly subscription: string;
  readonly group: string;
  /** Of what the id names, or of its parent if it is a part of something. */
  readonly name: string;
  /** `Microsoft.Compute/disks`, ... */
  readonly type: string;
}

const shape =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)(?:\/providers\/([^/]+\/[^/]+)\/([^/]+)(?:\/.*)?)?\/?$/i;

/** Takes an ARM id apart; one that is none is refused as something missing at the target. */
export function parseArmId(id: string): ArmId {
  const match = shape.exec(id);
  if (match === null) throw new LifeboatError('TargetResourceMissing', `"${id}" is no id of a resource.`);
  const [, subscription = '', group = '', type = 'Microsoft.Resources/resourceGroups', name = group] = match;
  return { subscription, group, name, type };
}
