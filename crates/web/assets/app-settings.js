// What the longer forms of the settings and the form of a new incident need beside app.js.
import { startAlike } from "./js/alike.js";
import { startPolling } from "./js/poll.js";
import { startPreview } from "./js/preview.js";

startPreview();
startPolling();
startAlike();
