export { startStorage, type Storage, type StorageOptions } from './storage';
