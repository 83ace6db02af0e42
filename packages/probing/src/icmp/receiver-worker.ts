// The thread of the ICMP receiver, one for a process. Its first message says that it runs; each
// later one that there are news in the ring. It hears no messages itself: see ReceiverOrders.

import { parentPort, workerData } from 'node:worker_threads';
import { openCLibrary } from './c-library.ts';
import { NewsRing } from './news-ring.ts';
import { receiveUntilStopped } from './receiver.ts';
import { ReceiverOrders } from './receiver-orders.ts';

export interface ReceiverMemory {
  news: SharedArrayBuffer;
  orders: SharedArrayBuffer;
}

const { news, orders } = workerData as ReceiverMemory;
const library = openCLibrary();
const wake = () => parentPort?.postMessage(undefined);
wake();
receiveUntilStopped({
  library,
  ring: new NewsRing(news),
  orders: new ReceiverOrders(orders),
  wake,
});
