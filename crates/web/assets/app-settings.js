// What the longer forms of the settings need beside app.js.
import { startPolling } from "./js/poll.js";
import { startPreview } from "./js/preview.js";

startPreview();
startPolling();
