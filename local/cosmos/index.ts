export { type Catalogue, type CatalogueOptions, startCatalogue } from './catalogue';
export { type Clock } from './wire/service';
export { type ThrottleOrder } from './wire/throttle';
