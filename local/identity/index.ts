export { Directory, readDirectory } from './directory';
export { startIdentity, type Identity, type IdentityOptions } from './server';
