import { z } from 'zod';
import type { NicRequest } from '../../../contracts/compute/target-machine';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import { LifeboatError } from '../../../errors';

/** What was said of a card of the machine to be; all that was not is taken from the card of the source. */
export interface DescribedNic {
  /** The card of the source that it stands for. */
  readonly nicId?: string | undefined;
  readonly wished: Partial<z.input<typeof NicRequest>>;
}

const text = z.string().min(1).optional().catch(undefined);
/** Some scenarios say it as a word, others as a truth value. */
const flag = z
  .preprocess((value) => (typeof value === 'string' ? value.toLowerCase() === 'true' : value), z.boolean())
  .optional()
  .catch(undefined);

const ids = z.array(z.string().min(1)).nullish().catch(undefined);

const WishedAddress = z.looseObject({
  isPrimary: flag,
  /** So it is spelt on the wire. */
  isSeletedForFailover: flag,
  recoverySubnetName: text,
  recoveryStaticIPAddress: text,
  recoveryPublicIPAddressId: text,
  recoveryLBBackendAddressPoolIds: ids,
  tfoSubnetName: text,
  tfoStaticIPAddress: text,
  tfoPublicIPAddressId: text,
  tfoLBBackendAddressPoolIds: ids,
});
type WishedAddress = z.infer<typeof WishedAddress>;

/** The cards of a machine as the update operation describes them, in the words of any scenario. */
const WishedNic = z.looseObject({
  nicId: text,
  selectionType: text,
  recoveryVMNetworkId: text,
  tfoVMNetworkId: text,
  recoveryVMSubnetName: text,
  recoveryNetworkSecurityGroupId: text,
  tfoNetworkSecurityGroupId: text,
  recoveryNicName: text,
  targetNicName: text,
  recoveryNicResourceGroupName: text,
  reuseExistingNic: flag,
  tfoNicName: text,
  tfoNicResourceGroupName: text,
  tfoReuseExistingNic: flag,
  ipConfigs: z.array(WishedAddress).nullish(),
  isPrimaryNic: flag,
  isSelectedForFailover: flag,
  targetSubnetName: text,
  targetStaticIPAddress: text,
  testSubnetName: text,
  testStaticIPAddress: text,
});
type WishedNic = z.infer<typeof WishedNic>;

/** The cards that were described since protection began and are selected, the primary one first; undefined where none was described. */
export function nicsDescribed(item: ProtectedItem, isTest: boolean): readonly DescribedNic[] | undefined {
  const described = z
    .array(WishedNic)
    .catch([])
    .parse(item.target['vmNics'] ?? []);
  if (described.length === 0) return undefined;
  const selected = described.filter(
    ({ selectionType, isSelectedForFailover }) =>
      selectionType !== 'NotSelected' && isSelectedForFailover !== false,
  );
  if (selected.length === 0) {
    const message = 'No network card of the machine is selected, and it needs one at the target.';
    throw new LifeboatError('TargetRefused', message);
  }
  return firstOf(selected, ({ isPrimaryNic }) => isPrimaryNic === true).map((nic) => ({
    nicId: nic.nicId,
    wished: wishedOf(nic, isTest),
  }));
}

function wishedOf(nic: WishedNic, isTest: boolean): DescribedNic['wished'] {
  const { networkId, subnet, address, securityGroupId, card } = isTest ? inTest(nic) : inFailover(nic);
  const [first, ...others] = addressesOf(nic).map(isTest ? addressInTest : addressInFailover);
  return {
    ...withoutGaps({ networkId, address, securityGroupId, card, subnet: first?.subnet ?? subnet }),
    // Once a card's addresses are described, it has no others.
    ...(first && { ...ownOf(first), moreAddresses: others.map(ownOf) }),
  };
}

interface Named {
  readonly networkId: string | undefined;
  readonly subnet: string | undefined;
  readonly address: string | undefined;
  readonly securityGroupId: string | undefined;
  readonly card: CardName | undefined;
}
type CardName = z.input<typeof NicRequest>['card'];

function inFailover(nic: WishedNic): Named {
  return {
    networkId: nic.recoveryVMNetworkId,
    subnet: nic.recoveryVMSubnetName ?? nic.targetSubnetName,
    address: nic.targetStaticIPAddress,
    securityGroupId: nic.recoveryNetworkSecurityGroupId,
    card: cardNamed(
      nic.recoveryNicName ?? nic.targetNicName,
      nic.recoveryNicResourceGroupName,
      nic.reuseExistingNic,
    ),
  };
}

function inTest(nic: WishedNic): Named {
  return {
    networkId: nic.tfoVMNetworkId,
    subnet: nic.testSubnetName,
    address: nic.testStaticIPAddress,
    securityGroupId: nic.tfoNetworkSecurityGroupId,
    card: cardNamed(nic.tfoNicName, nic.tfoNicResourceGroupName, nic.tfoReuseExistingNic),
  };
}

function cardNamed(name: string | undefined, group: string | undefined, mayExist = false): CardName {
  return name === undefined ? undefined : { name, ...withoutGaps({ group }), mayExist };
}

type OwnAddress = Pick<z.input<typeof NicRequest>, 'address' | 'publicAddress' | 'poolIds'>;

interface NamedAddress {
  readonly subnet: string | undefined;
  readonly address: string | undefined;
  readonly isPublic: boolean;
  readonly poolIds: readonly string[];
}

function addressInFailover(wished: WishedAddress): NamedAddress {
  const { recoverySubnetName, recoveryStaticIPAddress, recoveryPublicIPAddressId } = wished;
  const isPublic = recoveryPublicIPAddressId !== undefined;
  const poolIds = wished.recoveryLBBackendAddressPoolIds ?? [];
  return { subnet: recoverySubnetName, address: recoveryStaticIPAddress, isPublic, poolIds };
}

function addressInTest(wished: WishedAddress): NamedAddress {
  const { tfoSubnetName, tfoStaticIPAddress, tfoPublicIPAddressId } = wished;
  const isPublic = tfoPublicIPAddressId !== undefined;
  const poolIds = wished.tfoLBBackendAddressPoolIds ?? [];
  return { subnet: tfoSubnetName, address: tfoStaticIPAddress, isPublic, poolIds };
}

function ownOf({ address, isPublic, poolIds }: NamedAddress): OwnAddress {
  return {
    ...withoutGaps({ address }),
    ...(isPublic ? { publicAddress: true } : {}),
    ...(poolIds.length === 0 ? {} : { poolIds: [...poolIds] }),
  };
}

/** The addresses of a card that are selected, its primary one first. */
function addressesOf({ ipConfigs }: WishedNic): readonly WishedAddress[] {
  const selected = (ipConfigs ?? []).filter(({ isSeletedForFailover }) => isSeletedForFailover !== false);
  return firstOf(selected, ({ isPrimary }) => isPrimary === true);
}

/** The same things, those that fit before all others. */
export function firstOf<T>(things: readonly T[], fits: (thing: T) => boolean): readonly T[] {
  return [...things.filter(fits), ...things.filter((thing) => !fits(thing))];
}

export function withoutGaps<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
