export { valueJson, valuePreview, visible } from 'manytabs/report';
