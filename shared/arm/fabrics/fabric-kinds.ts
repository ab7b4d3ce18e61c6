import { LifeboatError } from '../../errors';

/** Fabrics by what the API calls them, and whether machines of theirs come in a container made with the fabric. */
export const fabricKinds: Readonly<
  Record<string, { readonly hasOwnContainer: boolean; readonly network?: string }>
> = {
  Azure: { hasOwnContainer: false, network: 'azureNetwork' },
  HyperVSite: { hasOwnContainer: true },
  VMM: { hasOwnContainer: true },
  VMware: { hasOwnContainer: true },
  InMageRcm: { hasOwnContainer: true },
  VMwareV2: { hasOwnContainer: true },
};

/** A missing kind, or the name of the base type, has always meant a Hyper-V site. */
export function fabricKindOf(instanceType: string | null | undefined): string {
  if (instanceType === null || instanceType === undefined || instanceType === 'FabricSpecificCreationInput') {
    return 'HyperVSite';
  }
  if (Object.hasOwn(fabricKinds, instanceType)) return instanceType;
  throw new LifeboatError('UnsupportedScenario', `There is no kind of fabric "${instanceType}".`, {
    target: 'properties.customDetails.instanceType',
  });
}
