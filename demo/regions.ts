export const subscription = '11111111-2222-4333-8444-555555555555';

/** One side of the story: a region of Azure, and what Site Recovery calls it. */
export interface Region {
  readonly location: string;
  readonly fabric: string;
  readonly container: string;
  readonly resourceGroup: string;
}

export const west: Region = {
  location: 'westeurope',
  fabric: 'west-europe',
  container: 'production',
  resourceGroup: 'production',
};

export const north: Region = {
  location: 'northeurope',
  fabric: 'north-europe',
  container: 'recovery',
  resourceGroup: 'rescued',
};

export function groupIdOf({ resourceGroup }: Region): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
}

export function networkIdOf(region: Region): string {
  return `${groupIdOf(region)}/providers/Microsoft.Network/virtualNetworks/lan`;
}
