// The thread of the ICMP receiver, one for a process. Its first message says that it runs; each
// later one that there are news in the ring. It hears no messages itself: see ReceiverOrders.

import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { openCLibrary } from './c-library.ts';
import { NewsRing } from './news-ring.ts';
import { receiveUntilStopped } from './receiver.ts';
import { ReceiverOrders } from './receiver-orders.ts';

export interface ReceiverMemory {
  news: SharedArrayBuffer;
  orders: SharedArrayBuffer;
}

// A start that fills the compile cache loads this file without being the thread.
if (!isMainThread) receive(workerData as ReceiverMemory);

function receive({ news, orders }: ReceiverMemory): void {
  const library = openCLibrary();
  const wake = () => parentPort?.postMessage(undefined);
  wake();
  receiveUntilStopped({
    library,
    ring: new NewsRing(news),
    orders: new ReceiverOrders(orders),
    wake,
  });
}
