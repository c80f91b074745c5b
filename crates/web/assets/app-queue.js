// What the queue needs beside app.js.
import { startFilter } from "./js/filter.js";
import { startPolling } from "./js/poll.js";
import { startQueue } from "./js/queue.js";

startQueue();
startFilter();
startPolling();
