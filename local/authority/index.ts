export { openCertificates, type Certificates, type CertificatesOptions } from './certificates';
