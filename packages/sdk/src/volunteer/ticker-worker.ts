let timer: ReturnType<typeof setTimeout> | undefined;

self.onmessage = (event: MessageEvent<number>) => {
  clearTimeout(timer);
  timer = setTimeout(() => self.postMessage(0), event.data);
};
