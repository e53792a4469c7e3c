declare module 'virtual:manytabs-thread-worker' {
  const source: string;
  export default source;
}
